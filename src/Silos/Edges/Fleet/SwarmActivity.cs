using Distribution.BitTorrent;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>A swarm that somebody wants pieces of now.</summary>
/// <param name="Country">Where most of a sample of its leechers are, two letters; empty: not known.</param>
[GenerateSerializer, Immutable]
internal sealed record SwarmActivity(InfoHash InfoHash, int Leechers, int Seeders, string Country = "");
