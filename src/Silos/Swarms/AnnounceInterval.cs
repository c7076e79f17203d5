namespace Distribution.Silos.Swarms;

/// <summary>
/// How long a peer waits until its next announce. Small swarms hear often, so that newcomers find each other and accounts are fresh;
/// large ones so that about ten leechers a second come back.
/// </summary>
public static class AnnounceInterval
{
    public const int ShortestSeconds = 30;
    public const int LongestSeconds = 1800;
    private const int LeechersPerSecond = 10;

    /// <param name="peers">Of the whole swarm.</param>
    /// <param name="isSeed">A seed has less to tell: it waits twice as long.</param>
    /// <param name="spread">0 to 1, at random: keeps peers that came together from coming back together.</param>
    public static int SecondsFor(int peers, bool isSeed, double spread)
    {
        double seconds = Math.Max(ShortestSeconds, (double)peers / LeechersPerSecond) * (isSeed ? 2 : 1);
        return (int)Math.Clamp(seconds * (1 + 0.1 * spread), ShortestSeconds, LongestSeconds);
    }

    public static int MinSecondsFor(int intervalSeconds) => Math.Max(ShortestSeconds / 2, intervalSeconds / 2);

    /// <summary>A peer that stays away longer is gone.</summary>
    public static int ExpirySecondsFor(int intervalSeconds) => 2 * intervalSeconds + ShortestSeconds / 2;
}
