namespace Distribution.Ingest.Imports;

/// <summary>How far the server is with an upload whose bytes it gets by itself. Any thread may read it.</summary>
internal sealed class SourceFeed
{
    private long _durableBytes;
    private volatile string? _trouble;
    private volatile Attempt? _attempt;

    /// <summary>Of the upload, at the last checkpoint or attempt.</summary>
    public long DurableBytes
    {
        get => Volatile.Read(ref _durableBytes);
        set => Volatile.Write(ref _durableBytes, value);
    }

    /// <summary>Why it waits and tries again, for people; null while it goes on.</summary>
    public string? Trouble
    {
        get => _trouble;
        set => _trouble = value;
    }

    /// <summary>The source is there and bytes come.</summary>
    public void Begin(long durableBytes, long timestamp)
    {
        _attempt = new Attempt(durableBytes, timestamp);
        _trouble = null;
    }

    /// <summary>Since the source was last opened, up to the last checkpoint; null while it waits.</summary>
    public long? BytesPerSecond(TimeProvider clock) =>
        _attempt is { } attempt && _trouble is null && clock.GetElapsedTime(attempt.Timestamp) is { Ticks: > 0 } elapsed
            ? (long)((DurableBytes - attempt.FromBytes) / elapsed.TotalSeconds)
            : null;

    private sealed record Attempt(long FromBytes, long Timestamp);
}
