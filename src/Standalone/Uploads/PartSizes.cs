namespace Distribution.Standalone.Uploads;

/// <summary>
/// How much of an upload one PATCH takes. The server's pipeline runs empty between two, so they grow, but by the time that they take and not by
/// size alone: a proxy that keeps a body until it is whole may lose it all with the connection, and should lose seconds.
/// </summary>
internal sealed class PartSizes
{
    private const long FirstBytes = 64L << 20;
    private const long LongestBytes = 16L << 30;
    private const long ShortestBytes = 1L << 20;

    /// <summary>The next one takes about this long, by the last one's speed; none grows after one that took longer.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(8);

    /// <summary>Below what somebody on the way called too long.</summary>
    private long _ceiling = LongestBytes;

    /// <summary>The next PATCH, at the most.</summary>
    public long Bytes { get; private set; } = FirstBytes;

    /// <summary>A PATCH went through.</summary>
    public void Taken(long bytes, TimeSpan time)
    {
        if (bytes >= Bytes && time < Quick)
            Bytes = (long)Math.Min(bytes * (Quick / time), _ceiling);
    }

    /// <summary>The connection was lost. <paramref name="again"/>: and nothing went through since the last time.</summary>
    public void Lost(bool again) => Bytes = Math.Min(again ? Math.Max(Bytes / 2, ShortestBytes) : FirstBytes, _ceiling);

    /// <summary>Somebody refused so many bytes as too many (413). False: fewer make no sense.</summary>
    public bool TooLong(long bytes)
    {
        if (bytes <= ShortestBytes)
            return false;
        Bytes = _ceiling = Math.Max(bytes / 2, ShortestBytes);
        return true;
    }
}
