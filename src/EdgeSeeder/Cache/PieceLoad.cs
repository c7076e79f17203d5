using Distribution.BitTorrent.Pieces;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>One piece on its way into memory, and who waits for it or for one of its blocks. Any thread.</summary>
/// <param name="firstBlock">The block that was asked for first: what is fetched begins there.</param>
internal sealed class PieceLoad(int firstBlock)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<bool> _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, TaskCompletionSource<bool>> _waiting = [];
    private ArrivingPiece? _arriving;

    public int FirstBlock => firstBlock;

    /// <summary>Ends with whether the piece can be taken.</summary>
    public Task<bool> Whole => _whole.Task;

    /// <summary>What comes from now on; null: that did not come to anything. Who was given some of an earlier try keeps that.</summary>
    public void Arrives(ArrivingPiece? piece)
    {
        lock (_gate)
            _arriving = piece;
    }

    /// <summary>Retains what has come so far, if the block is among it.</summary>
    public bool TryTake(BlockRequest block, out VerifiedPiece? taken)
    {
        lock (_gate)
            taken =
                _arriving?.Has(block.OffsetBytes, block.LengthBytes) == true && _arriving.TryRetain()
                    ? _arriving
                    : null;
        return taken is not null;
    }

    /// <summary>Ends when the block, or its part that is still missing, was verified, with true; or with the load.</summary>
    public Task<bool> WaitAsync(BlockRequest block)
    {
        lock (_gate)
        {
            if (_whole.Task.IsCompleted)
                return _whole.Task;
            int missing = block.OffsetBytes / BlockStateMap.BlockBytes;
            int last =
                Math.Max(block.OffsetBytes, block.OffsetBytes + block.LengthBytes - 1) / BlockStateMap.BlockBytes;
            while (missing < last && _arriving?.Has(missing * BlockStateMap.BlockBytes, 1) == true)
                missing++;
            if (_arriving?.Has(missing * BlockStateMap.BlockBytes, 1) == true)
                return Task.FromResult(true);
            if (!_waiting.TryGetValue(missing, out TaskCompletionSource<bool>? waiting))
                // Who waits only posts to its loop: a hop to another thread would cost more.
                _waiting[missing] = waiting = new TaskCompletionSource<bool>();
            return waiting.Task;
        }
    }

    public void Verified(ArrivingPiece piece, int block)
    {
        TaskCompletionSource<bool>? waiting;
        lock (_gate)
        {
            piece.Verified(block);
            _waiting.Remove(block, out waiting);
        }
        waiting?.TrySetResult(true);
    }

    /// <summary>It can be taken, or cannot be had. The first word counts.</summary>
    public void End(bool isThere)
    {
        List<TaskCompletionSource<bool>> waiting;
        lock (_gate)
        {
            _whole.TrySetResult(isThere);
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }
        foreach (TaskCompletionSource<bool> each in waiting)
            each.TrySetResult(isThere);
    }
}
