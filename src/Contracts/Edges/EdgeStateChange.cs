namespace Distribution.Contracts.Edges;

/// <summary>What became of an operator's wish for a node.</summary>
public enum EdgeStateChange
{
    Done,

    /// <summary>There is no such node.</summary>
    Unknown,

    /// <summary>The node is retired, and does not come back.</summary>
    Retired,

    /// <summary>The node is in another state than the wish was made of.</summary>
    Conflict,
}
