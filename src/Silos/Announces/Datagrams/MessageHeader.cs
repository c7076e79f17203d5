using System.Runtime.InteropServices;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>Linux' <c>struct mmsghdr</c> on 64-bit machines: one datagram of a batch.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    /// <summary>The other side's <c>sockaddr</c>.</summary>
    public void* Name;
    public uint NameBytes;
    private readonly uint _padding;
    public MemoryRegion* Regions;
    public nuint RegionCount;
    private readonly void* _control;
    private readonly nuint _controlBytes;
    public int Flags;
    private readonly int _morePadding;

    /// <summary>How many bytes came or went.</summary>
    public uint Bytes;
    private readonly int _lastPadding;
}
