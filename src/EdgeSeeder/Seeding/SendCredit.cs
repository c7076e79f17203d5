namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Payload bytes that the node's limit and the peer's own have let go for one connection. For the sending loop alone.</summary>
/// <param name="turnBytes">The most that is asked for at once.</param>
/// <param name="work">Signalled when bytes that were waited for are granted.</param>
internal sealed class SendCredit(
    UploadLimiter node,
    UploadLimiter peer,
    int turnBytes,
    AsyncSignal work,
    CancellationToken closed
)
{
    private long _bytes;
    private Task<int>? _granting;

    /// <summary>What may be sent now; without limits, a turn.</summary>
    public long Bytes => IsLimited ? _bytes : turnBytes;

    private bool IsLimited => node.IsLimited || peer.IsLimited;

    /// <summary>False: the limits are asked, and the loop is woken when they have answered.</summary>
    /// <param name="atLeast">The oldest block.</param>
    /// <param name="queuedBytes">All that waits: no more is asked for.</param>
    public bool Covers(int atLeast, long queuedBytes)
    {
        if (!IsLimited)
        {
            _bytes = 0;
            return true;
        }
        if (_granting is { IsCompleted: true })
        {
            _bytes += _granting.GetAwaiter().GetResult();
            _granting = null;
        }
        if (_bytes >= atLeast)
            return true;
        if (_granting is null)
        {
            int batch = node.BatchBytes(peer.BatchBytes(turnBytes));
            _granting = GrantAsync((int)Math.Max(atLeast, Math.Min(batch, queuedBytes)));
            work.SetAfter(_granting);
        }
        return false;
    }

    public void Spend(long bytes) => _bytes = Math.Max(0, _bytes - bytes);

    private async Task<int> GrantAsync(int wanted)
    {
        await peer.WaitAsync(wanted, closed);
        await node.WaitAsync(wanted, closed);
        return wanted;
    }
}
