namespace Distribution.Silos.Swarms;

/// <summary>Who is in a swarm, or in all of them.</summary>
public readonly record struct SwarmCounts(long Seeders, long Leechers, long Edges);
