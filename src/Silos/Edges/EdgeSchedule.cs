namespace Distribution.Silos.Edges;

/// <summary>How often a node is heard, and how long it is believed alive.</summary>
internal static class EdgeSchedule
{
    public const double HeartbeatSeconds = 2;

    /// <summary>A node silent for longer is no longer handed out.</summary>
    public const int LeaseSeconds = 10;

    /// <summary>
    /// A node silent for longer has its swarms given to others too, who hear of it with their own next heartbeat: before its lease is over.
    /// </summary>
    public const double SuspectSeconds = 6;

    /// <summary>A node goes on so long, with the viewers it has, with a swarm that was given to others.</summary>
    public const double LingerSeconds = 60;
}
