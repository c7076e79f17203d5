namespace Distribution.Ingest.Imports;

/// <summary>How far the server is with an upload whose bytes it gets by itself. Any thread may read it.</summary>
internal sealed class SourceFeed
{
    private long _durableBytes;
    private volatile string? _trouble;

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
}
