using System.Net;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <param name="Reason">Why the connection ended; None while it is open.</param>
public sealed record PeerEvent(
    PeerChange Change,
    InfoHash InfoHash,
    PeerId PeerId,
    IPEndPoint Remote,
    bool Dialled,
    CloseReason Reason
);
