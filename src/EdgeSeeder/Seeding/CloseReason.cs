namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    None = 0,

    /// <summary>The peer closed it, or the network broke.</summary>
    ByPeer,

    /// <summary>The peer has every piece and needs nobody.</summary>
    PeerComplete,

    /// <summary>Bytes that are not BitTorrent, or break its rules.</summary>
    ProtocolError,

    /// <summary>A torrent that is not seeded here.</summary>
    UnknownTorrent,

    /// <summary>The engine reached itself.</summary>
    Self,

    /// <summary>The peer is connected already.</summary>
    Duplicate,

    /// <summary>No handshake in time.</summary>
    HandshakeTimeout,

    /// <summary>Nothing came for too long, keep-alives included.</summary>
    Idle,

    /// <summary>The peer took nothing of what was under way for too long.</summary>
    Stalled,

    /// <summary>The swarm was removed or the engine stopped.</summary>
    Stopped,

    /// <summary>The dialled address did not answer.</summary>
    Unreachable,

    /// <summary>All places are taken, and another peer got this one.</summary>
    Crowded,

    /// <summary>The cache could not be read.</summary>
    ContentFault,
}
