namespace Distribution.EdgeSeeder.Seeding;

/// <summary>An engine at one moment.</summary>
/// <param name="Accepted">Connections taken in or dialled since the start.</param>
public sealed record SeedingSnapshot(int Connections, long Accepted, IReadOnlyList<SwarmSeeding> Swarms);
