using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms;

/// <summary>
/// How long a peer waits until its next announce. Small and young swarms hear often, so that newcomers find each other and accounts are fresh;
/// large ones so that about as many come back each second as the transport bears well.
/// </summary>
public static class AnnounceInterval
{
    public const int ShortestSeconds = 30;
    public const int LongestSeconds = 1800;

    /// <summary>
    /// So long a table counts as young, from its start: after publication, when viewers come in numbers, and after it was lost with its silo, when
    /// all have to find each other again.
    /// </summary>
    public const int YoungSeconds = 600;

    /// <summary>The part of a wait that is drawn, so that those who came together do not come back together.</summary>
    private const double Jitter = 0.2;

    /// <summary>After an outage all come in one moment: a wide part takes them apart within a few rounds.</summary>
    private const double YoungJitter = 0.5;

    /// <param name="peers">Of the whole swarm.</param>
    /// <param name="isSeed">A seed has less to tell: it waits twice as long.</param>
    /// <param name="isYoung">Within <see cref="YoungSeconds"/>: half as long, where it is longer than the shortest.</param>
    /// <param name="spread">0 to 1, at random.</param>
    public static int SecondsFor(int peers, bool isSeed, AnnounceTransport transport, bool isYoung, double spread)
    {
        double wait = peers / AnnouncesPerSecond(transport) / (isYoung ? 2 : 1);
        wait = Math.Max(wait, ShortestFor(transport)) * (isSeed ? 2 : 1);
        double jitter = isYoung ? YoungJitter : Jitter;
        // The longest waits are drawn too: what is cut off behind the draw would be in step.
        wait = Math.Min(wait, LongestSeconds / (1 + jitter));
        return (int)(wait * (1 + jitter * spread));
    }

    public static int MinSecondsFor(int intervalSeconds) => Math.Max(ShortestSeconds / 2, intervalSeconds / 2);

    /// <summary>A peer that stays away longer is gone.</summary>
    public static int ExpirySecondsFor(int intervalSeconds) => 2 * intervalSeconds + ShortestSeconds / 2;

    /// <summary>Leechers of a large swarm that come back each second; seeds half as many.</summary>
    private static double AnnouncesPerSecond(AnnounceTransport transport) =>
        transport == AnnounceTransport.Udp ? 20 : 10;

    /// <summary>Over a connection that stays, newcomers' offers come by themselves, and who leaves is known at once.</summary>
    private static int ShortestFor(AnnounceTransport transport) =>
        transport == AnnounceTransport.WebSocket ? 2 * ShortestSeconds : ShortestSeconds;
}
