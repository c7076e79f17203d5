using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>How much a seeded swarm is used now.</summary>
/// <param name="Connections">Greeted peers.</param>
/// <param name="PayloadBytesSent">Since it was added.</param>
/// <param name="PeerCopies">How many of the connected peers hold the rarest piece, <see cref="PieceCopies.Most"/> at the most.</param>
public readonly record struct SwarmLoad(InfoHash InfoHash, int Connections, long PayloadBytesSent, int PeerCopies);
