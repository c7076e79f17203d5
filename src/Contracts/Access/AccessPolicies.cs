namespace Distribution.Contracts.Access;

/// <summary>
/// What a caller may do: the authorization policies that front ends ask for, and the values of <see cref="AccessClaims.Permission"/>. All but
/// <see cref="Operate"/> and <see cref="Edge"/> are about one publisher, which <see cref="AccessClaims.PublisherOf"/> names.
/// </summary>
public static class AccessPolicies
{
    /// <summary>See the publisher's files, swarms and reports.</summary>
    public const string Read = "read";

    /// <summary>Bring new files: uploads and imports.</summary>
    public const string Upload = "upload";

    /// <summary>Change files and take them down.</summary>
    public const string Manage = "manage";

    /// <summary>The publisher's members, keys and audit log.</summary>
    public const string Administer = "administer";

    /// <summary>Run the server: publishers, sign-in links, the whole ledger and audit log.</summary>
    public const string Operate = "operate";

    /// <summary>An edge node: may send heartbeats, and its reads of a web seed are fill, not delivery.</summary>
    public const string Edge = "edge";
}
