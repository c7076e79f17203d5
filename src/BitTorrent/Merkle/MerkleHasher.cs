using System.Numerics;

namespace Distribution.BitTorrent.Merkle;

/// <summary>
/// Folds the nodes of one level, pushed in order, into the node above them all, balanced with zero subtrees (BEP 52, "pieces root").
/// Keeps one node a level, whatever is pushed: 1.6 KB. Not safe for several threads.
/// </summary>
public sealed class MerkleHasher
{
    // The leaves of a megabyte.
    private const int MaxPushedTogether = 64;

    private readonly int _baseLevel;
    private readonly MerkleHash[] _pending;

    /// <param name="baseLevel">The level of what is pushed: 0 for leaves.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 0 or above <see cref="MerkleTree.MaxLevel"/>.</exception>
    public MerkleHasher(int baseLevel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(baseLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(baseLevel, MerkleTree.MaxLevel);
        _baseLevel = baseLevel;
        _pending = new MerkleHash[MerkleTree.MaxLevel - baseLevel + 1];
    }

    /// <summary>Nodes pushed since the start or the last <see cref="Reset"/>.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next node of the base level.</summary>
    public void Push(MerkleHash node)
    {
        // Count in binary says which levels hold a left node that waits for its right one.
        int height = 0;
        for (long count = Count; (count & 1) != 0; count >>= 1)
            node = MerkleHash.OfPair(_pending[height++], node);
        _pending[height] = node;
        Count++;
    }

    /// <summary>Adds the next nodes of the base level, together.</summary>
    public void Push(ReadOnlySpan<MerkleHash> nodes)
    {
        // One more: the node that waits at a level goes before those that come.
        Span<MerkleHash> room = stackalloc MerkleHash[MaxPushedTogether + 1];
        for (; !nodes.IsEmpty; nodes = nodes[Math.Min(nodes.Length, MaxPushedTogether)..])
        {
            ReadOnlySpan<MerkleHash> some = nodes[..Math.Min(nodes.Length, MaxPushedTogether)];
            some.CopyTo(room[1..]);
            Push(room[..(some.Length + 1)], Count);
            Count += some.Length;
        }
    }

    /// <param name="room">The nodes that come, behind a free place.</param>
    private void Push(Span<MerkleHash> room, long countBefore)
    {
        for (int height = 0; room.Length > 1; height++)
        {
            Span<MerkleHash> level = (countBefore >> height & 1) != 0 ? room : room[1..];
            if (level.Length == room.Length)
                level[0] = _pending[height];
            int pairs = level.Length / 2;
            if (level.Length % 2 != 0)
                _pending[height] = level[^1];
            MerkleHash.OfPairs(level[..(2 * pairs)], level[..pairs]);
            // The parents, behind a free place again.
            level[..pairs].CopyTo(room[1..]);
            room = room[..(pairs + 1)];
        }
    }

    /// <summary>The root over everything pushed, at the lowest level that covers it; null where nothing was pushed.</summary>
    public MerkleHash? Root() => Count == 0 ? null : Root(_baseLevel + MerkleTree.LevelsAbove(Count));

    /// <summary>The node at <paramref name="level"/> that covers everything pushed, the rest being beyond the file's end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A level too low to cover what was pushed, or above the highest.</exception>
    public MerkleHash Root(int level)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MerkleTree.MaxLevel);
        ArgumentOutOfRangeException.ThrowIfLessThan(level, _baseLevel + MerkleTree.LevelsAbove(Math.Max(1, Count)));
        int height = level - _baseLevel;
        if (Count == 0)
            return MerkleTree.ZeroSubtree(level);
        if (Count == 1L << height)
            return _pending[height];

        MerkleHash? right = null;
        for (int h = 0; h < height; h++)
        {
            if ((Count >> h & 1) != 0)
                right = MerkleHash.OfPair(_pending[h], right ?? MerkleTree.ZeroSubtree(_baseLevel + h));
            else if (right is { } node)
                right = MerkleHash.OfPair(node, MerkleTree.ZeroSubtree(_baseLevel + h));
        }
        return right!.Value;
    }

    /// <summary>How many nodes <see cref="Export"/> writes: one for each bit of <paramref name="count"/> that is set.</summary>
    public static int PendingNodes(long count) => BitOperations.PopCount((ulong)count);

    /// <summary>Writes down the nodes that wait for others, 32 bytes each, the lowest first. With <see cref="Count"/> they are the state.</summary>
    public void Export(Span<byte> nodes)
    {
        for (int height = 0; height < _pending.Length; height++)
        {
            if ((Count >> height & 1) == 0)
                continue;
            _pending[height].AsSpan().CopyTo(nodes);
            nodes = nodes[MerkleHash.LengthBytes..];
        }
    }

    /// <summary>Goes on from what <see cref="Export"/> wrote when <paramref name="count"/> nodes had been pushed.</summary>
    /// <exception cref="ArgumentException">Another number of nodes than that count leaves waiting.</exception>
    public void Import(long count, ReadOnlySpan<byte> nodes)
    {
        if (
            count < 0
            || count >> (_pending.Length - 1) > 1
            || nodes.Length != PendingNodes(count) * MerkleHash.LengthBytes
        )
            throw new ArgumentException(
                $"{nodes.Length} bytes are not what {count} nodes leave waiting.",
                nameof(nodes)
            );
        Count = count;
        for (int height = 0; height < _pending.Length; height++)
        {
            if ((count >> height & 1) == 0)
                continue;
            _pending[height] = new MerkleHash(nodes[..MerkleHash.LengthBytes]);
            nodes = nodes[MerkleHash.LengthBytes..];
        }
    }

    /// <summary>Forgets what was pushed.</summary>
    public void Reset() => Count = 0;
}
