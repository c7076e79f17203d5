namespace Distribution.Contracts.Edges;

/// <summary>What the operator wants of a node.</summary>
public enum EdgeNodeState
{
    /// <summary>Takes swarms.</summary>
    Active,

    /// <summary>Finishes what its viewers are on, takes nothing new, and is not handed out.</summary>
    Draining,

    /// <summary>Its key is revoked for good; what it still says is refused.</summary>
    Retired,
}
