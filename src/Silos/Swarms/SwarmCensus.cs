namespace Distribution.Silos.Swarms;

/// <summary>Adds up the peers of all swarms of this silo. Any thread.</summary>
public sealed class SwarmCensus
{
    private long _seeders;
    private long _leechers;
    private long _edges;

    public SwarmCounts Total =>
        new(Interlocked.Read(ref _seeders), Interlocked.Read(ref _leechers), Interlocked.Read(ref _edges));

    /// <summary>A swarm that counted <paramref name="from"/> counts <paramref name="to"/> now.</summary>
    public void Move(in SwarmCounts from, in SwarmCounts to)
    {
        if (from == to)
            return;
        Interlocked.Add(ref _seeders, to.Seeders - from.Seeders);
        Interlocked.Add(ref _leechers, to.Leechers - from.Leechers);
        Interlocked.Add(ref _edges, to.Edges - from.Edges);
    }
}
