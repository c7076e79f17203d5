using System.Runtime.InteropServices;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MemoryRegion
{
    public void* Start;
    public nuint Bytes;
}
