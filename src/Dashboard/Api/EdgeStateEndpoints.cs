using Distribution.Contracts.Edges;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Operating;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/edges/{node}/state</c>: what the operator wants of a node, as a resource with a tag.</summary>
internal static class EdgeStateEndpoints
{
    private const string Path = "/edges/{node}/state";
    private const string Tag = "Edges";

    public static void MapEdgeStates(this RouteGroupBuilder server)
    {
        server
            .MapGet(Path, GetAsync)
            .WithTags(Tag)
            .WithName("GetEdgeState")
            .WithSummary("What the operator wants of an edge node")
            .Produces<EdgeStateResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        server
            .MapPut(Path, PutAsync)
            .WithTags(Tag)
            .WithName("SetEdgeState")
            .WithSummary("Drain, activate or retire an edge node, also only if nobody has done so since it was read")
            .Accepts<EdgeStateResource>("application/json")
            .Produces<EdgeStateResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> GetAsync(string node, [FromServices] EdgeControl edges) =>
        await edges.FindAsync(node) is { } known ? Results.Ok(Of(known.State)) : NoSuch();

    private static async Task<IResult> PutAsync(string node, HttpRequest request, [FromServices] EdgeControl edges)
    {
        if (await SmallJson.ReadAsync<EdgeStateResource>(request) is not { } wish)
            return Problems.Invalid(
                "Send a JSON object with \"state\": \"active\", \"draining\" or, for good, \"retired\"."
            );
        if (await edges.FindAsync(node) is not { } known)
            return NoSuch();
        if (EntityTags.Refusal(request, Of(known.State)) is { } refusal)
            return refusal;
        EdgeNodeState? ifStill = EntityTags.IsConditional(request) ? known.State : null;
        return await edges.SetStateAsync(node, wish.State, ifStill) switch
        {
            EdgeStateChange.Done => Results.Ok(wish),
            EdgeStateChange.Conflict => Problems.Changed(),
            EdgeStateChange.Retired => Problems.NotPossible(
                "A retired node does not come back; enrol it by another id."
            ),
            _ => NoSuch(),
        };
    }

    private static EdgeStateResource Of(EdgeNodeState state) => new() { State = state };

    private static Problems NoSuch() => Problems.NoSuch("edge");
}
