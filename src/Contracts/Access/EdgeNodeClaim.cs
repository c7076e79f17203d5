namespace Distribution.Contracts.Access;

/// <summary>What is known of a caller that is an edge node.</summary>
public static class EdgeNodeClaim
{
    /// <summary>Its value is the id of the node whose own key was shown; missing where it was the shared key.</summary>
    public const string Name = "edge-node";
}
