using System.Buffers;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Cache;

namespace Distribution.EdgeSeeder.Seeding.Audits;

/// <summary>
/// Asks one peer, as a leecher would, for a random block of a random piece that it shows, and compares it with ours. The way of an audit:
/// (1) it is due, the budget has a block, and a shown piece is at hand here; (2) we say that we are interested; (3) once the peer unchokes us, or
/// has allowed that piece (BEP 6), we ask; (4) what comes is compared, and we are not interested any more. The connection's loop's thread alone.
/// </summary>
internal sealed class PeerAuditor(
    AuditDesk desk,
    SeedingLimits limits,
    TimeProvider clock,
    IPieceSource pieces,
    ShownPieces shown,
    PeerRecord record,
    PeerOutbox outbox
)
{
    /// <summary>Shown pieces that are tried before the audit is put off: ours must be in the cache, as an audit is not worth a fetch.</summary>
    private const int Draws = 16;

    /// <summary>How often an audit that could not begin is tried again.</summary>
    private const int RetriesPerInterval = 12;

    private readonly HashSet<int> _allowed = [];
    private VerifiedPiece? _ours;
    private BlockRequest _block;
    private BlockRequest _late;
    private long _dueAt = clock.GetTimestamp();
    private long _since;
    private long _auditedBytes;
    private bool _isAsked;
    private bool _isChoked = true;

    private bool IsUnderWay => _ours is not null;

    /// <summary>The peer lets us ask.</summary>
    public void Unchoked()
    {
        _isChoked = false;
        Ask();
    }

    /// <summary>The peer does not any more; what was asked is not answered (BEP 3), or rejected (BEP 6).</summary>
    public void Choked(bool rejects)
    {
        _isChoked = true;
        if (_isAsked && !rejects)
            End(AuditOutcome.Unanswered);
    }

    /// <summary>The peer would answer for this piece while it chokes us.</summary>
    public void Allowed(int piece)
    {
        if (_allowed.Count < limits.AuditAllowedPieces)
            _allowed.Add(piece);
    }

    public void Rejected(BlockRequest block)
    {
        if (_isAsked && block == _block)
            End(AuditOutcome.Unanswered);
    }

    /// <summary>A block has come.</summary>
    /// <param name="isConfirmed">The peer has what it shows.</param>
    /// <returns>False: it was not asked for.</returns>
    public bool Answered(BlockRequest block, ReadOnlySpan<byte> bytes, out bool isConfirmed)
    {
        isConfirmed = false;
        if (block.LengthBytes == 0)
            return false;
        if (_isAsked && block == _block)
        {
            desk.Received(bytes.Length);
            if (IsRight(bytes) is { } right)
                End((isConfirmed = right) ? AuditOutcome.Confirmed : AuditOutcome.Wrong);
            else
                Stop();
            return true;
        }
        if (block != _late)
            return false;
        desk.Received(bytes.Length);
        _late = default;
        return true;
    }

    /// <summary>Looks whether an audit is due, or has waited for too long; called every tick.</summary>
    public void Tick()
    {
        if (IsUnderWay)
        {
            if (clock.GetElapsedTime(_since) > limits.AuditPatience)
                End(AuditOutcome.Unanswered);
        }
        else if (desk.IsOpen && clock.GetTimestamp() >= _dueAt && shown.Bytes > _auditedBytes)
            Begin();
    }

    /// <summary>The connection has ended.</summary>
    public void Leave()
    {
        // A peer that leaves in the middle has not refused.
        _ours?.Release();
        _ours = null;
        _isAsked = false;
    }

    private void Begin()
    {
        if (!TryDraw() || !desk.TryTake(_block.LengthBytes))
        {
            Leave();
            PutOff(limits.AuditInterval / RetriesPerInterval);
            return;
        }
        _since = clock.GetTimestamp();
        outbox.Advance(WireWriter.WriteSignal(outbox.GetSpan(WireWriter.SignalBytes), MessageType.Interested));
        Ask();
    }

    private bool TryDraw()
    {
        for (int draw = 0; draw < Draws; draw++)
        {
            int piece = Draw();
            if (piece < 0 || !pieces.TryTake(piece, out _ours))
                continue;
            int blocks = (_ours!.LengthBytes + BlockRequest.StandardBytes - 1) / BlockRequest.StandardBytes;
            int offset = Random.Shared.Next(blocks) * BlockRequest.StandardBytes;
            _block = new BlockRequest(piece, offset, Math.Min(BlockRequest.StandardBytes, _ours.LengthBytes - offset));
            return true;
        }
        return false;
    }

    /// <summary>One that the peer answers for at once, if there is any; else any that it shows.</summary>
    private int Draw()
    {
        if (_isChoked)
        {
            int[] open = [.. _allowed.Where(shown.Has)];
            if (open.Length > 0)
                return open[Random.Shared.Next(open.Length)];
        }
        return shown.Any(Random.Shared);
    }

    private void Ask()
    {
        if (!IsUnderWay || _isAsked || (_isChoked && !_allowed.Contains(_block.Piece)))
            return;
        _isAsked = true;
        WireWriter.WriteRequest(outbox.GetSpan(WireWriter.RequestBytes), MessageType.Request, _block);
        outbox.Advance(WireWriter.RequestBytes);
    }

    /// <summary>Null: ours cannot be read.</summary>
    private bool? IsRight(ReadOnlySpan<byte> theirs)
    {
        byte[] ours = ArrayPool<byte>.Shared.Rent(theirs.Length);
        try
        {
            if (MemoryCopy.TryCopy(_ours!, _block.OffsetBytes, ours.AsSpan(0, theirs.Length)))
                return theirs.SequenceEqual(ours.AsSpan(0, theirs.Length));
            pieces.Discard(_ours!);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ours);
        }
    }

    private void End(AuditOutcome outcome)
    {
        record.Audited(outcome);
        desk.Ended(outcome);
        _auditedBytes = shown.Bytes;
        // It may still come.
        _late = _isAsked && outcome == AuditOutcome.Unanswered ? _block : default;
        outbox.Advance(WireWriter.WriteSignal(outbox.GetSpan(WireWriter.SignalBytes), MessageType.NotInterested));
        Stop();
    }

    private void Stop()
    {
        Leave();
        PutOff(limits.AuditInterval);
    }

    private void PutOff(TimeSpan pause)
    {
        pause *= 0.75 + Random.Shared.NextDouble() / 2;
        _dueAt = clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency);
    }
}
