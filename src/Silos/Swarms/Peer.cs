using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>One viewer of a swarm, by peer id; it may be reached over IPv4, IPv6 or both.</summary>
internal sealed class Peer(PeerId id)
{
    public PeerId Id { get; } = id;

    public PeerEndpoint? IPv4 { get; set; }

    public PeerEndpoint? IPv6 { get; set; }

    /// <summary>What it holds, of the file's size; 0 while it has no metadata.</summary>
    public long HeldBytes { get; set; }

    /// <summary>The least that any edge saw it hold; null: none has seen it.</summary>
    public long? FirstWitnessedBytes { get; set; }

    public bool IsComplete { get; set; }

    /// <summary>BEP 21: has all that it wants.</summary>
    public bool IsPartialSeed { get; set; }

    /// <summary>As the ledger holds it; null: it has to be booked again.</summary>
    public BookedViewer? Viewer { get; set; }
}
