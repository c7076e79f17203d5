namespace Distribution.Fuzz.Trackers;

/// <summary>Time that goes on by the input, so that intervals, keys and buckets pass in a run of any speed. Timers are the system's.</summary>
internal sealed class FuzzClock : TimeProvider
{
    private long _ticks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
