using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary>The audit log: the publisher's own, and the server's.</summary>
internal static class AuditEndpoints
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static void MapAudit(this RouteGroupBuilder own) =>
        own.MapGet("/audit", GetAsync)
            .WithName("GetAudit")
            .WithSummary("Who did what at this publisher, newest first")
            .DescribesAudit();

    public static RouteHandlerBuilder DescribesAudit(this RouteHandlerBuilder endpoint) =>
        endpoint.WithTags("Audit").Produces<AuditList>().Refuses().ProducesProblem(StatusCodes.Status400BadRequest);

    /// <param name="publisherId">Null: of the whole server.</param>
    public static async Task<IResult> ListAsync(
        IGrainFactory grains,
        string? publisherId,
        string? cursor,
        string? limit
    )
    {
        int count = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out count) || count is < 1 or > MaxLimit))
            return Problems.Invalid($"limit is a number from 1 to {MaxLimit}.");
        AuditPage page = await grains.GetGrain<IAccountsGrain>(0).ListLogAsync(publisherId, cursor, count);
        return Results.Ok(new AuditList([.. page.Entries.Select(AuditResource.Of)], page.NextCursor));
    }

    private static Task<IResult> GetAsync(
        ClaimsPrincipal user,
        [FromServices] IGrainFactory grains,
        [FromQuery] string? cursor,
        [FromQuery] string? limit
    ) => ListAsync(grains, AccessClaims.PublisherOf(user), cursor, limit);
}
