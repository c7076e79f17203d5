using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace Distribution.BitTorrent.Wire;

/// <summary>How much two peers should want to be connected, which both reckon alike and nobody can choose (BEP 40).</summary>
public static class PeerPriority
{
    private const int IPv4Bytes = 4;

    /// <summary>The higher the better. Of two address families it is 0.</summary>
    public static uint Of(IPEndPoint one, IPEndPoint other)
    {
        Span<byte> first = stackalloc byte[16];
        Span<byte> second = stackalloc byte[16];
        one.Address.TryWriteBytes(first, out int length);
        other.Address.TryWriteBytes(second, out int otherLength);
        if (length != otherLength)
            return 0;
        first = first[..length];
        second = second[..length];
        if (first.SequenceEqual(second))
        {
            Span<byte> ports = stackalloc byte[2 * sizeof(ushort)];
            BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)Math.Min(one.Port, other.Port));
            BinaryPrimitives.WriteUInt16BigEndian(ports[2..], (ushort)Math.Max(one.Port, other.Port));
            return Crc32C(ports);
        }
        Mask(first, second, length);
        Span<byte> both = stackalloc byte[2 * length];
        bool inOrder = first.SequenceCompareTo(second) <= 0;
        (inOrder ? first : second).CopyTo(both);
        (inOrder ? second : first).CopyTo(both[length..]);
        return Crc32C(both);
    }

    // IPv4: a /16 whole and 0x55 behind; in one /16 a /24 whole, in one /24 all. IPv6: a /48, each byte more that is common whole.
    private static void Mask(Span<byte> first, Span<byte> second, int length)
    {
        int whole = length == IPv4Bytes ? 2 : 6;
        int most = length == IPv4Bytes ? 4 : 16;
        if (first[..whole].SequenceEqual(second[..whole]))
        {
            int common = first.CommonPrefixLength(second);
            whole = Math.Min(most, common + 1);
        }
        for (int i = whole; i < length; i++)
        {
            first[i] &= 0x55;
            second[i] &= 0x55;
        }
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
