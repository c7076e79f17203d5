using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>One seeded swarm at one moment; bytes are those that sockets accepted since it was added.</summary>
/// <param name="PayloadBytesSent">Blocks alone.</param>
/// <param name="MetadataBytesSent">BEP 9 answers with their frames.</param>
/// <param name="OverheadBytesSent">Everything else: handshakes, headers, control.</param>
public sealed record SwarmSeeding(
    InfoHash InfoHash,
    long PayloadBytesSent,
    long MetadataBytesSent,
    long OverheadBytesSent,
    IReadOnlyList<PeerSeeding> Peers
);
