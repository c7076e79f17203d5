namespace Distribution.Contracts.Swarms;

/// <summary>How an announce came. The values travel between silos.</summary>
public enum AnnounceTransport : byte
{
    /// <summary>Two packets: the cheapest.</summary>
    Udp = 0,

    /// <summary>A connection, mostly a new one for each announce.</summary>
    Http = 1,

    /// <summary>A connection that stays, by which the tracker knows of the peer's end at once.</summary>
    WebSocket = 2,
}
