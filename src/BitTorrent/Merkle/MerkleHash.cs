using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Distribution.BitTorrent.Merkle;

/// <summary>
/// One node of a file's merkle tree (BEP 52, "pieces root"): the SHA-256 of a block, or of two child nodes side by side. The default
/// is the all-zero hash that stands for a leaf beyond the file's end.
/// </summary>
public readonly record struct MerkleHash
{
    public const int LengthBytes = ThirtyTwoBytes.Length;

    private readonly ThirtyTwoBytes _bytes;

    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public MerkleHash(ReadOnlySpan<byte> bytes) => _bytes = new ThirtyTwoBytes(bytes, "A merkle hash");

    /// <summary>The leaf of a block of at most 16 KiB.</summary>
    public static MerkleHash OfBlock(ReadOnlySpan<byte> block)
    {
        Span<byte> digest = stackalloc byte[LengthBytes];
        SHA256.HashData(block, digest);
        return new MerkleHash(digest);
    }

    /// <summary>The node above two nodes.</summary>
    public static MerkleHash OfPair(in MerkleHash left, in MerkleHash right)
    {
        Span<byte> pair = stackalloc byte[2 * LengthBytes];
        left.AsSpan().CopyTo(pair);
        right.AsSpan().CopyTo(pair[LengthBytes..]);
        Span<byte> digest = stackalloc byte[LengthBytes];
        SHA256.HashData(pair, digest);
        return new MerkleHash(digest);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => _bytes.ToString();
}
