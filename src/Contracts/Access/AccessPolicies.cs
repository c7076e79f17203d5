namespace Distribution.Contracts.Access;

/// <summary>Names of the authorization policies that front ends ask for; the host says who fulfils them.</summary>
public static class AccessPolicies
{
    /// <summary>May upload, change and read the publisher's files and reports.</summary>
    public const string Publisher = "publisher";

    /// <summary>An edge node: may send heartbeats, and its reads of a web seed are fill, not delivery.</summary>
    public const string Edge = "edge";
}
