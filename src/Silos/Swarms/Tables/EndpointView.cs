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

    /// <summary>Copies those at the given positions; answers how many bytes.</summary>
    /// <param name="destination">With room for all of them.</param>
    public int CopyTo(ReadOnlySpan<int> positions, Span<byte> destination)
    {
        if (isIPv6)
        {
            for (int i = 0; i < positions.Length; i++)
                MemoryMarshal
                    .CreateReadOnlySpan(ref At(positions[i]), CompactPeers.IPv6Bytes)
                    .CopyTo(destination[(i * CompactPeers.IPv6Bytes)..]);
            return positions.Length * CompactPeers.IPv6Bytes;
        }
        int bytes = positions.Length * CompactPeers.IPv4Bytes;
        ref byte to = ref MemoryMarshal.GetReference(destination[..bytes]);
        foreach (int position in positions)
        {
            ref byte at = ref At(position);
            Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<uint>(ref at));
            Unsafe.WriteUnaligned(
                ref Unsafe.Add(ref to, sizeof(uint)),
                Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref at, sizeof(uint)))
            );
            to = ref Unsafe.Add(ref to, CompactPeers.IPv4Bytes);
        }
        return bytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte At(int position) =>
        ref Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(_pages[position >> pageShift]),
            (position & _pageMask) * (isIPv6 ? CompactPeers.IPv6Bytes : CompactPeers.IPv4Bytes)
        );
}
