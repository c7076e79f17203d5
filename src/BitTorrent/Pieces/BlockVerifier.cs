using System.Buffers.Binary;
using Distribution.BitTorrent.Hashing;

namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// Checks the blocks of a piece one by one, in any order, by the states between them (<see cref="BlockStateMap"/>). Blocks that are right all together are the piece
/// by its own hash: it is the same computation in parts. A single block is right as far as the states are: who made them is believed until the piece is
/// whole. Not safe for several threads.
/// </summary>
/// <param name="pieceHash">20 bytes.</param>
/// <param name="states">Of the piece, in order.</param>
public sealed class BlockVerifier(int pieceBytes, ReadOnlyMemory<byte> pieceHash, ReadOnlyMemory<byte> states)
{
    private readonly ResumableHash _hash = new(ResumableHashKind.Sha1);
    private readonly byte[] _state = new byte[ResumableHash.StateBytes(ResumableHashKind.Sha1)];

    /// <summary>Of the piece.</summary>
    public int BlockCount { get; } = (pieceBytes - 1) / BlockStateMap.BlockBytes + 1;

    /// <summary>Whether so many bytes of states are those of a piece, and none is missing: one that was never written is all zeros.</summary>
    public static bool AreWhole(int pieceBytes, ReadOnlySpan<byte> states)
    {
        if (states.Length != BlockStateMap.CountOf(pieceBytes) * BlockStateMap.StateBytes)
            return false;
        for (; !states.IsEmpty; states = states[BlockStateMap.StateBytes..])
        {
            if (states[..BlockStateMap.StateBytes].IndexOfAnyExcept((byte)0) < 0)
                return false;
        }
        return true;
    }

    /// <summary>Where a block's bytes lie in the piece.</summary>
    public (int Start, int End) RangeOf(int block) =>
        (block * BlockStateMap.BlockBytes, Math.Min(pieceBytes, (block + 1) * BlockStateMap.BlockBytes));

    /// <param name="block">Index in the piece.</param>
    /// <param name="bytes">All of its bytes.</param>
    public bool IsRight(int block, ReadOnlySpan<byte> bytes)
    {
        (int start, int end) = RangeOf(block);
        if (bytes.Length != end - start)
            return false;
        if (block == 0)
            _hash.Reset();
        else
        {
            _state.AsSpan().Clear();
            BinaryPrimitives.WriteInt64BigEndian(_state, start);
            StateBehind(block - 1).CopyTo(_state.AsSpan(sizeof(long)));
            _hash.Import(_state);
        }
        _hash.Append(bytes);
        if (end == pieceBytes)
        {
            Span<byte> digest = stackalloc byte[BlockStateMap.StateBytes];
            _hash.Finish(digest);
            return digest.SequenceEqual(pieceHash.Span);
        }
        _hash.Export(_state);
        return _state.AsSpan(sizeof(long), BlockStateMap.StateBytes).SequenceEqual(StateBehind(block));
    }

    private ReadOnlySpan<byte> StateBehind(int block) =>
        states.Span.Slice(block * BlockStateMap.StateBytes, BlockStateMap.StateBytes);
}
