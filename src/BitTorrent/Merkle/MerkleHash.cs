using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
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
        Sha256Messages.Hash(block, digest);
        return new MerkleHash(digest);
    }

    /// <summary>The leaves of whole blocks of 16 KiB that lie one after another: faster than one by one, where the processor can.</summary>
    /// <exception cref="ArgumentException">Not as many whole blocks as there is room for leaves.</exception>
    public static void OfBlocks(ReadOnlySpan<byte> blocks, Span<MerkleHash> leaves)
    {
        if (blocks.Length != (long)leaves.Length * MerkleTree.BlockLengthBytes)
            throw new ArgumentException($"{blocks.Length} bytes are not {leaves.Length} blocks.", nameof(blocks));
        Sha256Messages.Hash(blocks, MerkleTree.BlockLengthBytes, MemoryMarshal.AsBytes(leaves));
    }

    /// <summary>The nodes above pairs of nodes that lie one after another: faster than one by one, where the processor can.</summary>
    /// <param name="parents">May be where <paramref name="nodes"/> begin.</param>
    /// <exception cref="ArgumentException">Not two nodes for each parent.</exception>
    public static void OfPairs(ReadOnlySpan<MerkleHash> nodes, Span<MerkleHash> parents)
    {
        if (nodes.Length != 2L * parents.Length)
            throw new ArgumentException($"{nodes.Length} nodes are not {parents.Length} pairs.", nameof(nodes));
        Sha256Messages.Hash(MemoryMarshal.AsBytes(nodes), 2 * LengthBytes, MemoryMarshal.AsBytes(parents));
    }

    /// <summary>The node above two nodes.</summary>
    public static MerkleHash OfPair(in MerkleHash left, in MerkleHash right)
    {
        Span<byte> pair = stackalloc byte[2 * LengthBytes];
        left.AsSpan().CopyTo(pair);
        right.AsSpan().CopyTo(pair[LengthBytes..]);
        Span<byte> digest = stackalloc byte[LengthBytes];
        Sha256Messages.Hash(pair, digest);
        return new MerkleHash(digest);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => _bytes.ToString();
}
