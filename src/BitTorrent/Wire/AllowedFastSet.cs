using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Distribution.BitTorrent.Wire;

/// <summary>Which pieces a peer may ask for while it is choked (BEP 6, "Allowed Fast Set Generation").</summary>
public static class AllowedFastSet
{
    /// <summary>What BEP 6 suggests.</summary>
    public const int StandardCount = 10;

    private const int InfoHashAt = 4;

    /// <summary>At most <paramref name="count"/> pieces, the same for all of an IPv4 /24; none for IPv6, of which BEP 6 says nothing.</summary>
    public static IReadOnlyList<int> Of(InfoHash infoHash, IPAddress address, int pieceCount, int count)
    {
        var pieces = new List<int>();
        Span<byte> seed = stackalloc byte[InfoHashAt + InfoHash.LengthBytes];
        if (!address.TryWriteBytes(seed, out int length) || length != InfoHashAt)
            return pieces;
        seed[3] = 0;
        infoHash.AsSpan().CopyTo(seed[InfoHashAt..]);
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        ReadOnlySpan<byte> hashed = seed;
        for (int wanted = Math.Min(count, pieceCount); pieces.Count < wanted; )
        {
            SHA1.HashData(hashed, digest);
            for (int at = 0; at < digest.Length && pieces.Count < wanted; at += sizeof(uint))
            {
                int piece = (int)(BinaryPrimitives.ReadUInt32BigEndian(digest[at..]) % (uint)pieceCount);
                if (!pieces.Contains(piece))
                    pieces.Add(piece);
            }
            hashed = digest;
        }
        return pieces;
    }
}
