using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Distribution.Ingest.WebSeeds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.Torrents;

/// <summary>
/// <c>GET /torrents/{id}.states</c>: the states of a published single file's blocks, whole or in ranges, to edge nodes alone. They believe us where an info dictionary
/// proves whole pieces only. 404: they are not kept.
/// </summary>
internal sealed class BlockStatesEndpoint(ServedFiles files, IContentStore store)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/torrents/{id}.states", (HttpContext context, string id) => HandleAsync(context, id))
            .RequireAuthorization(AccessPolicies.Edge)
            .ExcludeFromDescription();

    private async Task<IResult> HandleAsync(HttpContext context, string id)
    {
        ServedFile? file;
        try
        {
            file = await files.FindAsync(id, context.RequestAborted);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return Problem.CatalogUnavailable.With("The catalog of files does not answer; try again.");
        }
        if (
            file?.State is not FileState.Published
            || await store.OpenBlockStatesAsync(id, context.RequestAborted) is not { } states
        )
            return Problem.UnknownFile.With("No states of a published file of this id.");
        return Results.Stream(states, "application/octet-stream", enableRangeProcessing: true);
    }
}
