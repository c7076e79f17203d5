namespace Distribution.Contracts.Edges;

/// <summary>Enrols one node, once.</summary>
/// <param name="Token">A secret: "dst_enrol_" and 43 characters.</param>
[GenerateSerializer, Immutable]
public sealed record EdgeToken(string Token, DateTimeOffset ExpiresAt)
{
    public const string Prefix = "dst_enrol_";
}
