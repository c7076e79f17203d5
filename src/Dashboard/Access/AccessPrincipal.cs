using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Access;

/// <summary>Who a request comes from, once it has shown a key or a cookie.</summary>
internal static class AccessPrincipal
{
    public static ClaimsPrincipal Publisher(string scheme) => Create(scheme, AccessPolicies.Publisher);

    /// <param name="scheme">The authentication type of its identity.</param>
    /// <param name="role">The policy that it fulfils.</param>
    public static ClaimsPrincipal Create(string scheme, string role) =>
        new(
            new ClaimsIdentity(
                [new Claim(AccessSchemes.RoleClaim, role), new Claim(ClaimTypes.NameIdentifier, Publishers.Default)],
                scheme
            )
        );
}
