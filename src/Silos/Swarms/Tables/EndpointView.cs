using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distribution.BitTorrent.Trackers;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// The endpoints of a table, to be read by the dozen for each announce. Valid until the table changes; positions are not checked, and must be
/// below its count.
/// </summary>
internal readonly ref struct EndpointView(ReadOnlySpan<byte[]> pages, int pageShift, bool isIPv6)
{
    private readonly ReadOnlySpan<byte[]> _pages = pages;
    private readonly int _pageMask = (1 << pageShift) - 1;

    /// <summary>The first 64 bits of an address; an IPv4 address is the upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HeadAt(int position)
    {
        ref byte at = ref At(position);
        if (isIPv6)
        {
            ulong six = Unsafe.ReadUnaligned<ulong>(ref at);
            return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(six) : six;
        }
        uint four = Unsafe.ReadUnaligned<uint>(ref at);
        return (ulong)(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(four) : four) << 32;
    }

    /// <param name="destination">With room for one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(int position, Span<byte> destination)
    {
        ref byte at = ref At(position);
        if (isIPv6)
        {
            MemoryMarshal.CreateReadOnlySpan(ref at, CompactPeers.IPv6Bytes).CopyTo(destination);
            return;
        }
        Span<byte> four = destination[..CompactPeers.IPv4Bytes];
        Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(four), Unsafe.ReadUnaligned<uint>(ref at));
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref MemoryMarshal.GetReference(four), sizeof(uint)),
            Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref at, sizeof(uint)))
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte At(int position) =>
        ref Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(_pages[position >> pageShift]),
            (position & _pageMask) * (isIPv6 ? CompactPeers.IPv6Bytes : CompactPeers.IPv4Bytes)
        );
}
