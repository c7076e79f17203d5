namespace Distribution.Silos.Swarms;

/// <summary>Adds up the peers of all swarms of this silo, or of a part of it. Any thread.</summary>
/// <param name="whole">What this is a part of; it hears of everything too.</param>
public sealed class SwarmCensus(SwarmCensus? whole)
{
    private long _seeders;
    private long _leechers;
    private long _edges;

    public SwarmCensus()
        : this(null) { }

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
        whole?.Move(from, to);
    }
}
