namespace Distribution.Contracts.Metering;

/// <summary>
/// How much the kernel may hold of a connection that is not on the wire yet: little, because what a viewer who goes away leaves there was counted as
/// sent. A faster connection may have more, or it would be filled up far too often: as much as it gets rid of in a tenth of a second.
/// </summary>
/// <param name="mostBytes">What it grows to; then it is not looked at any more.</param>
public sealed class UnsentAllowance(int mostBytes, TimeProvider clock)
{
    /// <summary>What a connection begins with.</summary>
    public const int LeastBytes = 128 << 10;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private int _bytes = LeastBytes;
    private long _since;
    private long _acceptedThen;

    /// <summary>The limit for a connection that took so much in that time; null: too little of both to tell.</summary>
    public static int? For(long bytes, TimeSpan time, int mostBytes)
    {
        if (time < Window && bytes < mostBytes)
            return null;
        return (int)Math.Clamp(bytes * Window.Ticks / Math.Max(1, time.Ticks), LeastBytes, mostBytes);
    }

    /// <summary>To be told each time that the socket takes no more.</summary>
    /// <param name="acceptedBytes">All that it has taken.</param>
    /// <returns>A new limit to set; null: it stays.</returns>
    public int? Waits(long acceptedBytes)
    {
        if (_bytes == mostBytes)
            return null;
        long now = clock.GetTimestamp();
        int? limit = null;
        if (_since != 0)
        {
            if (For(acceptedBytes - _acceptedThen, clock.GetElapsedTime(_since, now), mostBytes) is not { } wanted)
                return null;
            if (wanted == mostBytes || wanted >= 2 * _bytes)
                limit = _bytes = wanted;
        }
        // What it took until it was full for the first time tells nothing.
        (_since, _acceptedThen) = (now, acceptedBytes);
        return limit;
    }

    /// <summary>For the next connection.</summary>
    public void Reset() => (_bytes, _since, _acceptedThen) = (LeastBytes, 0, 0);
}
