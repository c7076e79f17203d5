using Distribution.BitTorrent;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>A published swarm that needs nodes.</summary>
/// <param name="Leechers">0: it sleeps.</param>
/// <param name="Country">Where most of them are; empty: not known.</param>
/// <param name="PeersSustainIt">Its peers keep it complete by themselves.</param>
internal readonly record struct PlannedSwarm(
    InfoHash InfoHash,
    long SizeBytes,
    int Leechers,
    string Country,
    bool PeersSustainIt
);
