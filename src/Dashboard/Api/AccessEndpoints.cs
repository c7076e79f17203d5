using System.Security.Claims;
using Distribution.Contracts.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>GET /api/v1/access</c>: who the credentials are, for which publisher, and what they may do.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this RouteGroupBuilder v1) =>
        v1.MapGet("/access", Get)
            .WithTags("Access")
            .WithName("GetAccess")
            .WithSummary("Who these credentials are, and what they may do")
            .Produces<AccessResource>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static AccessResource Get(ClaimsPrincipal user) =>
        new(
            user.Identity?.Name ?? "",
            AccessClaims.PublisherOf(user),
            [.. user.FindAll(AccessClaims.Permission).Select(claim => claim.Value)]
        );
}
