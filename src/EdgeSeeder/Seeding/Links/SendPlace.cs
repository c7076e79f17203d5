using System.Runtime.InteropServices;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>Bytes at an address: struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SendPlace(byte* address, int lengthBytes)
{
    public byte* Address = address;
    public nuint LengthBytes = (nuint)lengthBytes;
}
