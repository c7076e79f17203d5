using Distribution.Contracts.Access;

namespace Distribution.Dashboard.Access;

/// <summary>What each role may, and what a key can be given.</summary>
internal static class RolePermissions
{
    /// <summary>Of API keys, from the weakest to the strongest.</summary>
    public static readonly IReadOnlyList<string> Scopes =
    [
        AccessPolicies.Read,
        AccessPolicies.Upload,
        AccessPolicies.Manage,
        AccessPolicies.Administer,
    ];

    public static IReadOnlyList<string> Of(MemberRole role) =>
        role switch
        {
            MemberRole.Owner => Scopes,
            MemberRole.Editor => [AccessPolicies.Read, AccessPolicies.Upload, AccessPolicies.Manage],
            _ => [AccessPolicies.Read],
        };
}
