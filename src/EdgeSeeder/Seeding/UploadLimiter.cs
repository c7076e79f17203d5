namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// A token bucket of a tenth of a second, first come, first served. Whoever waits holds one batch at the most, so all get the same
/// share. A new rate holds at once, for those who wait too.
/// </summary>
internal sealed class UploadLimiter(TimeProvider clock)
{
    private const int SmallestBatchBytes = 16 * 1024;

    private readonly Lock _gate = new();
    private long _bytesPerSecond;
    private long _freeAt;
    private TaskCompletionSource _rateChanged = NewSignal();

    /// <summary>0: no limit.</summary>
    public long BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set
        {
            TaskCompletionSource changed;
            lock (_gate)
            {
                if (_bytesPerSecond == value)
                    return;
                _bytesPerSecond = Math.Max(0, value);
                _freeAt = 0;
                changed = _rateChanged;
                _rateChanged = NewSignal();
            }
            changed.SetResult();
        }
    }

    public bool IsLimited => BytesPerSecond > 0;

    /// <summary>What should be asked for at once: a twentieth of a second's bytes, at least one block.</summary>
    public int BatchBytes(int most)
    {
        long rate = BytesPerSecond;
        return rate == 0 ? most : (int)Math.Clamp(rate / 20, SmallestBatchBytes, most);
    }

    /// <summary>Returns when so many bytes may be sent.</summary>
    public async ValueTask WaitAsync(int bytes, CancellationToken cancellation)
    {
        while (Reserve(bytes, out Task changed) is { } delay)
        {
            if (delay == TimeSpan.Zero)
                return;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task waited = Task.Delay(delay, clock, stop.Token);
            Task first = await Task.WhenAny(waited, changed);
            cancellation.ThrowIfCancellationRequested();
            if (first == waited)
                return;
            // The rate is another one: ask again.
            await stop.CancelAsync();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TimeSpan? Reserve(int bytes, out Task changed)
    {
        lock (_gate)
        {
            changed = _rateChanged.Task;
            if (_bytesPerSecond == 0)
                return null;
            long now = clock.GetTimestamp();
            long burst = clock.TimestampFrequency / 10;
            long start = Math.Max(_freeAt, now - burst);
            _freeAt = start + (long)((double)bytes / _bytesPerSecond * clock.TimestampFrequency);
            return start <= now ? TimeSpan.Zero : clock.GetElapsedTime(now, start);
        }
    }
}
