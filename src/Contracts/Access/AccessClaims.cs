using System.Security.Claims;

namespace Distribution.Contracts.Access;

/// <summary>What the host writes into a request's principal, and the parts read.</summary>
public static class AccessClaims
{
    /// <summary>The one publisher that the request acts for.</summary>
    public const string Publisher = "publisher";

    /// <summary>One of <see cref="AccessPolicies"/>; there may be several.</summary>
    public const string Permission = "may";

    /// <summary>The publisher that the request acts for.</summary>
    /// <exception cref="InvalidOperationException">It acts for none: no policy that needs one was asked for.</exception>
    public static string PublisherOf(ClaimsPrincipal user) =>
        user.FindFirst(Publisher)?.Value
        ?? throw new InvalidOperationException("The request acts for no publisher: its endpoint asks for no policy.");

    /// <param name="permission">One of <see cref="AccessPolicies"/>.</param>
    public static bool May(this ClaimsPrincipal user, string permission) => user.HasClaim(Permission, permission);
}
