namespace Distribution.BitTorrent.Utp;

/// <summary>The round trip and how long to wait for an answer, as BEP 29 reckons them. Microseconds.</summary>
internal sealed class RoundTripTime
{
    private const long LeastTimeout = 500_000;
    private const long FirstTimeout = 1_000_000;
    private const long MostTimeout = 30_000_000;

    private long _mean; // 0: none was measured yet
    private long _deviation;
    private int _backOff;

    public long TimeoutMicroseconds =>
        Math.Min(
            MostTimeout,
            (_mean == 0 ? FirstTimeout : Math.Max(LeastTimeout, _mean + 4 * _deviation)) << Math.Min(_backOff, 6)
        );

    /// <summary>Of a packet that was sent once: otherwise nobody knows which one was answered.</summary>
    public void Add(long sample)
    {
        sample = Math.Max(1, sample);
        if (_mean == 0)
        {
            _mean = sample;
            _deviation = sample / 2;
            return;
        }
        _deviation += (Math.Abs(_mean - sample) - _deviation) / 4;
        _mean += (sample - _mean) / 8;
    }

    public void BackOff() => _backOff++;

    public void Answered() => _backOff = 0;
}
