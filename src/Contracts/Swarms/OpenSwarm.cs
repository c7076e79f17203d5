namespace Distribution.Contracts.Swarms;

/// <summary>What whoever holds a swarm's peers has to know.</summary>
/// <param name="Completed">Downloads finished so far.</param>
[GenerateSerializer, Immutable]
public sealed record OpenSwarm(SwarmDefinition Definition, long Completed);
