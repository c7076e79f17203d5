namespace Distribution.EdgeSeeder.Seeding.Rates;

/// <summary>
/// What strangers may have of a node's limit while viewers wait for it: a tenth. Whatever viewers leave is theirs too. Any thread may call.
/// </summary>
internal sealed class StrangersShare(TimeProvider clock)
{
    private const int Part = 10;

    private readonly TokenBucket _bucket = new(clock);
    private readonly long _waitLasts = clock.TimestampFrequency / 4;
    private long _viewerWaitedAt = long.MinValue / 2;

    public void FitTo(long nodeBytesPerSecond) => _bucket.BytesPerSecond = nodeBytesPerSecond / Part;

    /// <summary>A viewer wants more than the limit lets go.</summary>
    public void ViewerWaits() => Volatile.Write(ref _viewerWaitedAt, clock.GetTimestamp());

    /// <summary>Strangers stand beside viewers now; else behind them.</summary>
    public bool IsFree => _bucket.FreeAt <= clock.GetTimestamp();

    public void Take(long bytes)
    {
        // What nobody else wanted is not held against them.
        if (clock.GetTimestamp() - Volatile.Read(ref _viewerWaitedAt) < _waitLasts)
            _bucket.Take(bytes);
    }
}
