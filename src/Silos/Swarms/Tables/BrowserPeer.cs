using System.Net;
using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>One browser in a swarm.</summary>
internal sealed class BrowserPeer
{
    public required PeerId Id { get; init; }

    /// <summary>Its accounts go by it; nobody is told.</summary>
    public required IPAddress Address { get; set; }

    public required BrowserContact Contact { get; set; }

    public bool IsSeed { get; set; }

    /// <summary>BEP 21: has all that it wants.</summary>
    public bool IsPartialSeed { get; set; }

    /// <summary>Unix time in seconds; its silo takes it out sooner, unless that dies.</summary>
    public uint ExpiresAt { get; set; }

    /// <summary>What it holds of the file, in <see cref="SwarmPeers.WholeShare"/>ths.</summary>
    public int HeldShare { get; set; }

    /// <summary>As the ledger holds it; null: it has to be booked again.</summary>
    public BookedViewer? Booked { get; set; }
}
