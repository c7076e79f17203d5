using Distribution.Contracts.Swarms;

namespace Distribution.Dashboard.Api;

/// <summary>A swarm at one moment. No viewer's address is in it.</summary>
/// <param name="Seeders">Viewers that are complete; edges apart.</param>
/// <param name="Leechers">Viewers that are not.</param>
/// <param name="Edges">Edge nodes that seed it now.</param>
/// <param name="Completed">Downloads finished since publication.</param>
/// <param name="Availability">Distributed copies: how many times each byte is held, on average; the web seed not counted.</param>
/// <param name="WebSeedBytesPerSecond">Over the last ten seconds.</param>
/// <param name="EdgeBytesPerSecond">Over the last ten seconds.</param>
/// <param name="PeerBytesPerSecond">Over the last minute.</param>
/// <param name="PeersOff">Viewers hear of edges and web seeds alone: by the file's policy, or because the operator has switched it off.</param>
public sealed record SwarmResource(
    int Seeders,
    int Leechers,
    int Edges,
    long Completed,
    double Availability,
    long WebSeedBytesPerSecond,
    long EdgeBytesPerSecond,
    long PeerBytesPerSecond,
    bool PeersOff
)
{
    public static SwarmResource From(SwarmSnapshot swarm, bool peersOff) =>
        new(
            swarm.Seeders,
            swarm.Leechers,
            swarm.Edges,
            swarm.Completed,
            swarm.DistributedCopies,
            swarm.WebSeedBytesPerSecond,
            swarm.EdgeBytesPerSecond,
            swarm.PeerBytesPerSecond,
            peersOff
        );
}
