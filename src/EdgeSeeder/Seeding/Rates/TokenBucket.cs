namespace Distribution.EdgeSeeder.Seeding.Rates;

/// <summary>
/// A rate, kept to the byte: whoever sends says how much, and nobody may send before the time at which the rate has made up for all that was
/// sent. A tenth of a second that was not used may be made up for later. Any thread may call.
/// </summary>
internal sealed class TokenBucket(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly long _burstTicks = clock.TimestampFrequency / 10;
    private long _bytesPerSecond;
    private long _freeAt = clock.GetTimestamp();

    /// <summary>0: no limit. A new rate holds from now on.</summary>
    public long BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set
        {
            lock (_gate)
            {
                if (_bytesPerSecond == Math.Max(0, value))
                    return;
                Volatile.Write(ref _bytesPerSecond, Math.Max(0, value));
                _freeAt = clock.GetTimestamp();
            }
        }
    }

    public bool IsLimited => BytesPerSecond > 0;

    /// <summary>The timestamp from which something may be sent; that may be past. Without a limit 0.</summary>
    public long FreeAt
    {
        get
        {
            if (!IsLimited)
                return 0;
            lock (_gate)
                return _freeAt;
        }
    }

    /// <summary>Says that bytes are sent. More than the rate has at the moment is owed.</summary>
    public void Take(long bytes)
    {
        if (!IsLimited)
            return;
        lock (_gate)
        {
            if (_bytesPerSecond == 0)
                return;
            long from = Math.Max(_freeAt, clock.GetTimestamp() - _burstTicks);
            _freeAt = from + (long)((double)bytes / _bytesPerSecond * clock.TimestampFrequency);
        }
    }
}
