namespace Distribution.Silos.Edges;

/// <summary>How often a node is heard, and how long it is believed alive.</summary>
internal static class EdgeSchedule
{
    public const double HeartbeatSeconds = 2;

    /// <summary>A node silent for longer is no longer handed out.</summary>
    public const int LeaseSeconds = 10;
}
