using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Cache;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>The piece of a connection's oldest request, with its block: held, or waited for. Its loop's thread alone.</summary>
/// <param name="arrived">Called by any thread when a piece that was waited for is there, or cannot be had.</param>
internal sealed class HeadPiece(IPieceSource source, Action arrived) : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private Task<VerifiedPiece?>? _taking;
    private BlockRequest _takingBlock;

    public VerifiedPiece? Held { get; private set; }

    /// <summary>It is being fetched.</summary>
    public bool IsWaitingFor(BlockRequest block) => _takingBlock == block && _taking is { IsCompleted: false };

    /// <summary>Gets a block's piece, with that block. False: it is waited for, or cannot be had now.</summary>
    public bool TryHold(BlockRequest block, out bool isUnavailable)
    {
        isUnavailable = false;
        if (Held?.Piece == block.Piece && Held.Has(block.OffsetBytes, block.LengthBytes))
            return true;
        Replace(null);
        if (source.TryTakeBlock(block, out VerifiedPiece? taken))
        {
            // It came in while it was waited for; the other hold on it must not outlive this one.
            Abandon();
            Held = taken;
            return true;
        }
        if (_taking is null || _takingBlock != block)
        {
            Abandon();
            _takingBlock = block;
            _taking = source.TakeBlockAsync(block, _closed.Token).AsTask();
            if (!_taking.IsCompleted)
            {
                _taking.ContinueWith(
                    static (_, arrived) => ((Action)arrived!)(),
                    arrived,
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
            }
        }
        if (!_taking.IsCompleted)
            return false;
        Held = _taking.IsCompletedSuccessfully ? _taking.GetAwaiter().GetResult() : null;
        _taking = null;
        isUnavailable = Held is null;
        return !isUnavailable;
    }

    /// <summary>Lets go of what is held, for another that is retained already.</summary>
    public void Replace(VerifiedPiece? other)
    {
        Held?.Release();
        Held = other;
    }

    /// <summary>What is held cannot be read: lets it go, here and in the cache.</summary>
    public void Discard()
    {
        if (Held is not { } unreadable)
            return;
        source.Discard(unreadable);
        Replace(null);
    }

    /// <summary>Stops waiting, and lets go of everything.</summary>
    public void Dispose()
    {
        Replace(null);
        Abandon();
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>What comes all the same is released.</summary>
    private void Abandon()
    {
        _taking?.ContinueWith(
            static taken =>
            {
                if (taken.IsCompletedSuccessfully)
                    taken.GetAwaiter().GetResult()?.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        _taking = null;
    }
}
