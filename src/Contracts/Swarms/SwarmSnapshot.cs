namespace Distribution.Contracts.Swarms;

/// <summary>A swarm at one moment, for people; no viewer's address is in it.</summary>
/// <param name="Seeders">Viewers that are complete; edges apart.</param>
/// <param name="Leechers">Viewers that are not.</param>
/// <param name="Edges">Edge nodes that seed it now.</param>
/// <param name="Completed">Downloads finished since publication.</param>
/// <param name="DistributedCopies">
/// How many times each byte is held, on average: edges and seeders count 1 each, a leecher its share. The web seed is not counted.
/// </param>
/// <param name="WebSeedBytesPerSecond">Over the last ten seconds, as reported by our own senders.</param>
/// <param name="EdgeBytesPerSecond">Likewise.</param>
/// <param name="PeerBytesPerSecond">Delivered less the two above, over the last minute; 0 where nothing is known.</param>
[GenerateSerializer, Immutable]
public sealed record SwarmSnapshot(
    int Seeders,
    int Leechers,
    int Edges,
    long Completed,
    double DistributedCopies,
    long WebSeedBytesPerSecond,
    long EdgeBytesPerSecond,
    long PeerBytesPerSecond
);
