using Distribution.BitTorrent;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>A node that may be given swarms.</summary>
/// <param name="CapacityBytesPerSecond">0: without limit.</param>
/// <param name="CachedBytesOf">What it has of a swarm.</param>
internal sealed record PlannedNode(
    string NodeId,
    string Region,
    long CapacityBytesPerSecond,
    Func<InfoHash, long> CachedBytesOf
);
