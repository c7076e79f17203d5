namespace Distribution.Silos.Swarms;

/// <summary>How many peers the tables of a silo hold: about 60 bytes each over IPv4, 80 over IPv6.</summary>
public sealed class PeerTableOptions
{
    /// <summary>
    /// In all swarms of this silo. Default 4,000,000, about 300 MB. Beyond it the least useful peers of the largest swarms make room; by an
    /// eighth more for a moment.
    /// </summary>
    public int MostPeers { get; set; } = 4_000_000;

    /// <summary>In one swarm. Default 2,000,000.</summary>
    public int MostPeersPerSwarm { get; set; } = 2_000_000;

    /// <summary>Everything that is wrong with them.</summary>
    public IEnumerable<string> Problems()
    {
        const int Least = 1_000;
        const int Most = 100_000_000;
        if (MostPeers is < Least or > Most)
            yield return $"{nameof(MostPeers)} is {MostPeers}; it is {Least} to {Most}.";
        if (MostPeersPerSwarm is < Least or > Most)
            yield return $"{nameof(MostPeersPerSwarm)} is {MostPeersPerSwarm}; it is {Least} to {Most}.";
    }
}
