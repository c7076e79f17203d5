using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Ledgers;

/// <summary>What of an announce the ledger looks at. <c>downloaded</c> is never a figure: clients disagree on what it holds.</summary>
/// <param name="NothingDownloaded">The client says <c>downloaded=0</c>.</param>
public readonly record struct ViewerAnnounce(
    PeerId PeerId,
    IPAddress Address,
    AnnounceEvent Event,
    long LeftBytes,
    long UploadedBytes,
    bool NothingDownloaded
)
{
    public AnnouncedProgress Progress => new(Event, LeftBytes, UploadedBytes, NothingDownloaded);

    public static ViewerAnnounce Of(SwarmAnnounce announce) =>
        new(
            announce.PeerId,
            announce.Endpoint.Address,
            announce.Event,
            announce.LeftBytes,
            announce.UploadedBytes,
            announce.DownloadedBytes == 0
        );
}
