using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Access;

/// <summary>Who a request comes from, once it has shown a key or a cookie.</summary>
internal static class AccessPrincipal
{
    /// <summary>The claim of a cookie that ends with <see cref="Account.SecurityStamp"/>.</summary>
    public const string StampClaim = "AspNet.Identity.SecurityStamp";

    /// <summary>The claim that says which of the account's sessions it is.</summary>
    public const string SessionClaim = "distribution:session";

    private const string KeyStart = "key:";
    private const string OperatorKeyId = KeyStart + "operator";
    private const string EdgeKeyId = KeyStart + "edge";

    /// <summary>Who holds the key in the data folder: runs the server, and owns its first publisher.</summary>
    public static ClaimsPrincipal OperatorKey(string scheme) =>
        Create(
            scheme,
            OperatorKeyId,
            "the data folder's key",
            Publishers.Default,
            [.. RolePermissions.Of(MemberRole.Owner), AccessPolicies.Operate]
        );

    /// <param name="node">Whose own key it is; null: the key that all share.</param>
    public static ClaimsPrincipal EdgeKey(string scheme, string? node = null)
    {
        ClaimsPrincipal user = Create(scheme, EdgeKeyId, "an edge's key", null, [AccessPolicies.Edge]);
        if (node is not null)
            ((ClaimsIdentity)user.Identity!).AddClaim(new Claim(EdgeNodeClaim.Name, node));
        return user;
    }

    public static ClaimsPrincipal Key(string scheme, ApiKey key) =>
        Create(scheme, KeyStart + key.Id, $"key {key.Name} ({key.Prefix}…)", key.PublisherId, key.Scopes);

    /// <param name="membership">Null: the account belongs to no publisher.</param>
    public static ClaimsPrincipal Member(
        string scheme,
        string accountId,
        string sessionId,
        AccountSession session,
        Membership? membership
    )
    {
        IEnumerable<string> permissions = membership is null ? [] : RolePermissions.Of(membership.Role);
        if (session.IsOperator)
            permissions = permissions.Append(AccessPolicies.Operate);
        ClaimsPrincipal user = Create(scheme, accountId, session.Name, membership?.PublisherId, permissions);
        ((ClaimsIdentity)user.Identity!).AddClaims([
            new Claim(StampClaim, session.SecurityStamp),
            new Claim(SessionClaim, sessionId),
        ]);
        return user;
    }

    /// <summary>Which of the publishers' keys it is; null: an account, or one of the data folder's.</summary>
    /// <param name="id">From <see cref="AccountIdOf"/>.</param>
    public static string? KeyIdOf(string id) =>
        id.StartsWith(KeyStart, StringComparison.Ordinal) && id is not (OperatorKeyId or EdgeKeyId)
            ? id[KeyStart.Length..]
            : null;

    /// <summary>Empty: it did not come with a cookie.</summary>
    public static string SessionIdOf(ClaimsPrincipal user) => user.FindFirstValue(SessionClaim) ?? "";

    public static string AccountIdOf(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";

    private static ClaimsPrincipal Create(
        string scheme,
        string id,
        string name,
        string? publisherId,
        IEnumerable<string> permissions
    )
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, id));
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        if (publisherId is not null)
            identity.AddClaim(new Claim(AccessClaims.Publisher, publisherId));
        foreach (string permission in permissions)
            identity.AddClaim(new Claim(AccessClaims.Permission, permission));
        return new ClaimsPrincipal(identity);
    }
}
