namespace Distribution.Dashboard.Access;

/// <summary>How many refused sign-ins may still be written down in this minute.</summary>
internal sealed class RefusalTally(TimeProvider time)
{
    public const int MostPerMinute = 120;

    private readonly Lock _gate = new();
    private long _minute;
    private int _count;

    /// <summary>False: enough of this minute are written.</summary>
    public bool TryCount()
    {
        long minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_gate)
        {
            if (minute != _minute)
                (_minute, _count) = (minute, 0);
            return _count++ < MostPerMinute;
        }
    }
}
