using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;

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

    /// <summary>The leaves of whole blocks of 16 KiB that lie one after another: faster than one by one, where the processor can.</summary>
    /// <exception cref="ArgumentException">Not as many whole blocks as there is room for leaves.</exception>
    public static void OfBlocks(ReadOnlySpan<byte> blocks, Span<MerkleHash> leaves)
    {
        if (blocks.Length != (long)leaves.Length * MerkleTree.BlockLengthBytes)
            throw new ArgumentException($"{blocks.Length} bytes are not {leaves.Length} blocks.", nameof(blocks));
        const int wideBytes = WideSha256.Messages * MerkleTree.BlockLengthBytes;
        Span<byte> digests = stackalloc byte[WideSha256.Messages * LengthBytes];
        for (; WideSha256.IsSupported && blocks.Length >= wideBytes; blocks = blocks[wideBytes..])
        {
            WideSha256.Hash(blocks[..wideBytes], digests);
            for (int i = 0; i < WideSha256.Messages; i++)
                leaves[i] = new MerkleHash(digests.Slice(i * LengthBytes, LengthBytes));
            leaves = leaves[WideSha256.Messages..];
        }
        for (; blocks.Length > 0; blocks = blocks[MerkleTree.BlockLengthBytes..])
        {
            leaves[0] = OfBlock(blocks[..MerkleTree.BlockLengthBytes]);
            leaves = leaves[1..];
        }
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
