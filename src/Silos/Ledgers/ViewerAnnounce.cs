using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Ledgers;

/// <summary>What of an announce the ledger looks at.</summary>
/// <param name="DownloadedBytes">See <see cref="AnnouncedProgress"/>.</param>
public readonly record struct ViewerAnnounce(
    PeerId PeerId,
    IPAddress Address,
    AnnounceEvent Event,
    long LeftBytes,
    long UploadedBytes,
    long DownloadedBytes
)
{
    public AnnouncedProgress Progress =>
        ClientQuirks.ProgressOf(PeerId, Event, LeftBytes, UploadedBytes, DownloadedBytes);

    public static ViewerAnnounce Of(SwarmAnnounce announce) =>
        new(
            announce.PeerId,
            announce.Endpoint.Address,
            announce.Event,
            announce.LeftBytes,
            announce.UploadedBytes,
            announce.DownloadedBytes
        );
}
