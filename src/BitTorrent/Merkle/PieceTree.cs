using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Distribution.BitTorrent.Merkle;

/// <summary>
/// A file's merkle tree from its piece layer up to the root, as hash requests want it (BEP 52, "hash request"). Takes 32 to 64 bytes a
/// piece.
/// </summary>
public sealed class PieceTree
{
    /// <summary>More nodes than this are not answered at once; BEP 52 has nobody ask for more.</summary>
    public const int MaxCount = 512;

    private readonly int _baseLevel;
    private readonly List<MerkleHash[]> _levels = [];

    public PieceTree(PieceLayer layer)
    {
        _baseLevel = MerkleTree.LevelOfPieces(layer.PieceLengthBytes);
        Root = layer.Root;
        _levels.Add(MemoryMarshal.Cast<byte, MerkleHash>(layer.Hashes.Span).ToArray());
        while (_levels[^1] is { Length: > 1 } below)
        {
            var above = new MerkleHash[(below.Length + 1) / 2];
            int pairs = below.Length / 2;
            MerkleHash.OfPairs(below.AsSpan(0, 2 * pairs), above.AsSpan(0, pairs));
            if (pairs < above.Length)
                above[^1] = MerkleHash.OfPair(below[^1], MerkleTree.ZeroSubtree(_baseLevel + _levels.Count - 1));
            _levels.Add(above);
        }
    }

    /// <summary>The file's <c>pieces root</c>.</summary>
    public MerkleHash Root { get; }

    /// <summary>
    /// The nodes that are asked for, and their uncles from the lowest up, 32 bytes each; nodes beyond the file's end are those of zero
    /// leaves. False: the level lies below the pieces, or the numbers are none that BEP 52 allows.
    /// </summary>
    public bool TryGetHashes(
        int baseLevel,
        int index,
        int count,
        int proofLevels,
        [NotNullWhen(true)] out byte[]? hashes
    )
    {
        hashes = null;
        int at = baseLevel - _baseLevel;
        int height = _levels.Count - 1 - at; // levels from there to the root
        if (at < 0 || height < 1 || count is < 2 or > MaxCount || !BitOperations.IsPow2(count))
            return false;
        if (index % count != 0 || index < 0 || index + (long)count > 1L << height)
            return false;
        if (proofLevels < 0 || proofLevels >= height)
            return false;

        // What the nodes themselves add up to needs no uncle.
        int ownLevels = BitOperations.Log2((uint)count);
        int uncles = Math.Max(0, proofLevels - (ownLevels - 1));
        hashes = new byte[(count + uncles) * MerkleHash.LengthBytes];
        Span<MerkleHash> nodes = MemoryMarshal.Cast<byte, MerkleHash>(hashes.AsSpan());
        for (int i = 0; i < count; i++)
            nodes[i] = NodeAt(at, index + i);
        int position = index / count;
        for (int i = 0; i < uncles; i++, position /= 2)
            nodes[count + i] = NodeAt(at + ownLevels + i, position ^ 1);
        return true;
    }

    private MerkleHash NodeAt(int level, int index)
    {
        MerkleHash[] nodes = _levels[level];
        return index < nodes.Length ? nodes[index] : MerkleTree.ZeroSubtree(_baseLevel + level);
    }
}
