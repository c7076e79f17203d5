using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>One announce of a browser.</summary>
/// <param name="Address">The connection's; for the accounts alone.</param>
/// <param name="LeftBytes">Before it has the metadata, a number that means nothing.</param>
/// <param name="Offers">To so many peers it has offers; clamped already.</param>
[GenerateSerializer, Immutable]
internal sealed record BrowserAnnounce(
    PeerId PeerId,
    IPAddress Address,
    AnnounceEvent Event,
    long UploadedBytes,
    long DownloadedBytes,
    long LeftBytes,
    int Offers,
    BrowserContact Contact
)
{
    /// <summary>What the ledger books of it.</summary>
    public ViewerAnnounce ToViewerAnnounce() => new(PeerId, Address, Event, LeftBytes, UploadedBytes, DownloadedBytes);
}
