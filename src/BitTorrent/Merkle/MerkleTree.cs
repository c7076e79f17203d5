using System.Numerics;

namespace Distribution.BitTorrent.Merkle;

/// <summary>
/// The shape of a file's merkle tree (BEP 52, "pieces root"): binary, over 16 KiB blocks, balanced with zero leaves. Level 0 is the
/// leaves; a node at level n covers 2^n blocks.
/// </summary>
public static class MerkleTree
{
    /// <summary>A leaf covers this many bytes; a file's last leaf may cover fewer.</summary>
    public const int BlockLengthBytes = 16 * 1024;

    /// <summary>The root of 2^62 bytes of blocks stands at level 48.</summary>
    public const int MaxLevel = 48;

    private static readonly MerkleHash[] ZeroSubtrees = BuildZeroSubtrees();

    /// <summary>The node at <paramref name="level"/> (0 to <see cref="MaxLevel"/>) above nothing but leaves beyond the file's end.</summary>
    public static MerkleHash ZeroSubtree(int level) => ZeroSubtrees[level];

    /// <summary>True for a piece length that v2 allows: a power of two, at least 16 KiB (BEP 52, "piece length").</summary>
    public static bool IsPieceLength(long lengthBytes) =>
        lengthBytes >= BlockLengthBytes && BitOperations.IsPow2(lengthBytes);

    /// <summary>The level at which one node covers a piece: 0 for pieces of 16 KiB, 1 for 32 KiB, and so on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No v2 piece length.</exception>
    public static int LevelOfPieces(int pieceLengthBytes)
    {
        if (!IsPieceLength(pieceLengthBytes))
            throw new ArgumentOutOfRangeException(
                nameof(pieceLengthBytes),
                pieceLengthBytes,
                $"A v2 piece length is a power of two of at least {BlockLengthBytes} bytes."
            );
        return BitOperations.Log2((uint)(pieceLengthBytes / BlockLengthBytes));
    }

    /// <summary>The levels that join <paramref name="count"/> nodes (at least 1) into one.</summary>
    public static int LevelsAbove(long count) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)count));

    /// <summary>
    /// The node <paramref name="toLevel"/> reached from <paramref name="node"/> at <paramref name="fromLevel"/> when all that lies to
    /// its right is beyond the file's end.
    /// </summary>
    public static MerkleHash Lift(MerkleHash node, int fromLevel, int toLevel)
    {
        for (int level = fromLevel; level < toLevel; level++)
            node = MerkleHash.OfPair(node, ZeroSubtree(level));
        return node;
    }

    private static MerkleHash[] BuildZeroSubtrees()
    {
        var subtrees = new MerkleHash[MaxLevel + 1];
        for (int level = 1; level < subtrees.Length; level++)
            subtrees[level] = MerkleHash.OfPair(subtrees[level - 1], subtrees[level - 1]);
        return subtrees;
    }
}
