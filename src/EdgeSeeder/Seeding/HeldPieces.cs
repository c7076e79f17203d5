using Distribution.EdgeSeeder.Cache;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>The pieces under a batch of blocks, one slot a block; slot 0 is the oldest request's. For the sending loop alone.</summary>
/// <param name="work">Signalled when a piece that was waited for is there.</param>
internal sealed class HeldPieces(IPieceSource source, int slots, AsyncSignal work, CancellationToken closed)
{
    private readonly VerifiedPiece?[] _pieces = new VerifiedPiece?[slots];
    private Task<VerifiedPiece?>? _taking;
    private int _takingPiece;

    /// <summary>Null: none is held.</summary>
    public VerifiedPiece? First => _pieces[0];

    public VerifiedPiece this[int slot] => _pieces[slot]!;

    /// <summary>Has a piece in slot 0, and nothing else; or waits for it, which the next calls go on with.</summary>
    public PieceHold HoldFirst(int piece)
    {
        if (_pieces[0]?.Piece == piece)
            return PieceHold.Held;
        ReleaseAll();
        if (source.TryTake(piece, out _pieces[0]))
        {
            // It came in while it was waited for; the other hold on it must not outlive this one.
            Abandon();
            return PieceHold.Held;
        }
        if (_taking is null || _takingPiece != piece)
        {
            Abandon();
            _takingPiece = piece;
            _taking = source.TakeAsync(piece, closed).AsTask();
            work.SetAfter(_taking);
        }
        if (!_taking.IsCompleted)
            return PieceHold.Waiting;
        _pieces[0] = _taking.GetAwaiter().GetResult();
        _taking = null;
        return _pieces[0] is null ? PieceHold.Unavailable : PieceHold.Held;
    }

    /// <summary>Has a piece in the slot behind those held, if it is at hand. Neighbours mostly want the same one.</summary>
    public bool TryHoldNext(int slot, int piece)
    {
        if (_pieces[slot - 1] is { } previous && previous.Piece == piece && previous.TryRetain())
        {
            _pieces[slot] = previous;
            return true;
        }
        return source.TryTake(piece, out _pieces[slot]);
    }

    /// <summary>Lets go of everything but one hold on a piece, which moves to slot 0.</summary>
    public void KeepOnly(int piece)
    {
        VerifiedPiece? kept = null;
        for (int slot = 0; slot < _pieces.Length && _pieces[slot] is { } held; slot++)
        {
            if (kept is null && held.Piece == piece)
                kept = held;
            else
                held.Release();
            _pieces[slot] = null;
        }
        _pieces[0] = kept;
    }

    /// <summary>The piece in slot 0 cannot be read: lets it go, here and in the cache.</summary>
    public void DiscardFirst()
    {
        if (_pieces[0] is not { } unreadable)
            return;
        source.Discard(unreadable);
        ReleaseAll();
    }

    public void ReleaseAll() => KeepOnly(piece: -1);

    /// <summary>Stops waiting; what comes all the same is released.</summary>
    public void Abandon()
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
