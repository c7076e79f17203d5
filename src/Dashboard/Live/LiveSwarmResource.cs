using Distribution.Contracts.Swarms;

namespace Distribution.Dashboard.Live;

/// <summary>A watched swarm. No viewer's address is in it.</summary>
/// <param name="Seeders">Viewers that are complete; edges apart.</param>
/// <param name="Leechers">Viewers that are not.</param>
/// <param name="Edges">Edge nodes that seed it now.</param>
/// <param name="Browsers">Of the seeders and leechers those that are browsers, reached by WebRTC alone.</param>
/// <param name="Completed">Downloads finished since publication.</param>
/// <param name="Availability">Distributed copies: how many times each byte is held, on average; the web seed not counted.</param>
/// <param name="WebSeedBytesPerSecond">Over the last ten seconds.</param>
/// <param name="EdgeBytesPerSecond">Over the last ten seconds.</param>
/// <param name="PeerBytesPerSecond">Over the last minute, by the progress that clients claim.</param>
/// <param name="LeechersByTenth">Ten counts of leechers, by the tenths of the file that they hold; of a very large swarm a sample.</param>
/// <param name="NearShare">
/// Of the viewers that the tracker would name now to those who download, the share that is near them: the same household, provider or country, as far
/// as addresses tell. 0 to 1, from a sample; null: nobody would be named.
/// </param>
/// <param name="UpdatedAt">UTC: when it was so.</param>
public sealed record LiveSwarmResource(
    int Seeders,
    int Leechers,
    int Edges,
    int Browsers,
    long Completed,
    double Availability,
    long WebSeedBytesPerSecond,
    long EdgeBytesPerSecond,
    long PeerBytesPerSecond,
    IReadOnlyList<int> LeechersByTenth,
    double? NearShare,
    DateTime UpdatedAt
)
{
    public static LiveSwarmResource From(SwarmLive swarm) =>
        new(
            swarm.Now.Seeders,
            swarm.Now.Leechers,
            swarm.Now.Edges,
            swarm.Browsers,
            swarm.Now.Completed,
            swarm.Now.DistributedCopies,
            swarm.Now.WebSeedBytesPerSecond,
            swarm.Now.EdgeBytesPerSecond,
            swarm.Now.PeerBytesPerSecond,
            swarm.LeechersByTenth,
            swarm.NearShare,
            swarm.At.UtcDateTime
        );
}
