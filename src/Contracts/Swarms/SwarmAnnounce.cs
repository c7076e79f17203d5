using System.Net;
using Distribution.BitTorrent;

namespace Distribution.Contracts.Swarms;

/// <summary>One announce, from any transport, already checked for form (BEP 3).</summary>
/// <param name="Endpoint">The packet's or connection's source address, with the announced port.</param>
/// <param name="LeftBytes">What the client says is left; before it has the metadata, a number that means nothing.</param>
/// <param name="NumWant">Peers wanted, 0 for none; clamped already.</param>
[GenerateSerializer, Immutable]
public sealed record SwarmAnnounce(
    PeerId PeerId,
    IPEndPoint Endpoint,
    AnnounceEvent Event,
    long UploadedBytes,
    long DownloadedBytes,
    long LeftBytes,
    int NumWant,
    AnnounceTransport Transport = AnnounceTransport.Udp
);
