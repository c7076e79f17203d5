namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What happened to a peer's connection.</summary>
public enum PeerChange
{
    /// <summary>Both handshakes are through.</summary>
    Connected,

    /// <summary>The peer has every piece.</summary>
    Completed,

    Closed,
}
