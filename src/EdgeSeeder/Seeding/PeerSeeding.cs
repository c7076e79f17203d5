using System.Net;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>One connected peer at one moment.</summary>
/// <param name="Client">As it calls itself (BEP 10 <c>v</c>); null where it does not.</param>
/// <param name="PayloadBytesSent">To this connection.</param>
/// <param name="HaveBytes">What it showed to hold.</param>
public sealed record PeerSeeding(
    PeerId PeerId,
    IPEndPoint Remote,
    bool Dialled,
    string? Client,
    bool Interested,
    bool Unchoked,
    int QueuedRequests,
    long PayloadBytesSent,
    long HaveBytes
);
