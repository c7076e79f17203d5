namespace Distribution.Contracts.Access;

/// <summary>Names of what is known of a caller.</summary>
public static class AccessClaims
{
    /// <summary>The id of the edge node whose own key was shown; missing where it was the shared key.</summary>
    public const string EdgeNode = "edge-node";
}
