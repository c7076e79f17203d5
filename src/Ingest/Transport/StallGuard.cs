namespace Distribution.Ingest.Transport;

/// <summary>
/// Ends a connection whose peer takes next to nothing of what waits for it: <see cref="LeastBytes"/> in each <see cref="Period"/> at the
/// least, about 270 bytes a second. A player that pauses comes back with a range.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    public const int LeastBytes = 16 << 10;

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private readonly AcceptedBytes _accepted;
    private readonly Func<bool> _isWaiting;
    private readonly Action _stalled;
    private readonly ITimer _timer;
    private long _acceptedThen;
    private int _isArmed;

    public StallGuard(AcceptedBytes accepted, TimeProvider clock, Func<bool> isWaiting, Action stalled)
    {
        _accepted = accepted;
        _isWaiting = isWaiting;
        _stalled = stalled;
        _timer = clock.CreateTimer(
            static guard => ((StallGuard)guard!).Look(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>To be told each time that the socket takes no more.</summary>
    public void Waits()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
            Arm();
    }

    public void Dispose() => _timer.Dispose();

    private void Arm()
    {
        _acceptedThen = _accepted.Accepted;
        _timer.Change(Period, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        if (!_isWaiting())
            Volatile.Write(ref _isArmed, 0);
        else if (_accepted.Accepted - _acceptedThen < LeastBytes)
            _stalled();
        else
            Arm();
    }
}
