namespace Distribution.Contracts.Swarms;

/// <summary>A swarm's counts (BEP 48). <paramref name="Completed"/> counts downloads finished since publication.</summary>
[GenerateSerializer, Immutable]
public readonly record struct ScrapeCounts(int Seeders, int Leechers, long Completed);
