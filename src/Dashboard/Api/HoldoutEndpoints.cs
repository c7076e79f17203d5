using Distribution.Contracts.Access;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/holdout</c>: a share of viewers that is kept from peers, so that reports can compare.</summary>
internal static class HoldoutEndpoints
{
    public static void MapHoldout(this RouteGroupBuilder v1)
    {
        v1.MapGet("/holdout", GetAsync)
            .WithTags("Reports")
            .WithName("GetHoldout")
            .WithSummary("How many percent of viewers are kept from peers")
            .Produces<HoldoutResource>();
        v1.MapPut("/holdout", PutAsync)
            .RequireAuthorization(AccessPolicies.Manage)
            .WithTags("Reports")
            .WithName("PutHoldout")
            .WithSummary("Keep a share of viewers from peers, to compare; 0 ends it")
            .Accepts<HoldoutResource>("application/json")
            .Produces<HoldoutResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> GetAsync([FromServices] PublisherHoldout holdout) =>
        Results.Ok(new HoldoutResource { Percent = await holdout.GetAsync() });

    private static async Task<IResult> PutAsync(HttpRequest request, [FromServices] PublisherHoldout holdout)
    {
        if (
            await SmallJson.ReadAsync<HoldoutResource>(request)
            is not { Percent: >= 0 and <= HoldoutComparison.MostPercent } wish
        )
            return Problems.Invalid(
                $"Send a JSON object with \"percent\", a whole number from 0 to {HoldoutComparison.MostPercent}."
            );
        var now = new HoldoutResource { Percent = await holdout.GetAsync() };
        if (EntityTags.Refusal(request, now) is { } refusal)
            return refusal;
        return await holdout.SetAsync(wish.Percent, EntityTags.IsConditional(request) ? now.Percent : null)
            ? Results.Ok(wish)
            : Problems.Changed();
    }
}
