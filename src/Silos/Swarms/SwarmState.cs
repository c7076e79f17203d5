using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms;

/// <summary>What of a swarm is durable.</summary>
public sealed class SwarmState
{
    /// <summary>Null: it was never opened.</summary>
    public SwarmDefinition? Definition { get; set; }

    public bool IsOpen { get; set; }
}
