using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.Uploads;

/// <summary><c>GET /api/v1/uploads/{id}/stage</c>: how far a file is on its way to viewers, without disturbing who sends its bytes.</summary>
internal sealed class UploadStages(IContentStore store, IGrainFactory grains, UploadSessions sessions)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet($"{TusEndpoints.Path}/{{id}}/stage", (Delegate)GetAsync)
            .RequireAuthorization(AccessPolicies.Upload)
            .WithTags("Uploads")
            .WithName("GetUploadStage")
            .WithSummary("How far an upload is: receiving, received, hashed, published, seeded, or how it ended")
            .Produces<UploadStageResource>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private async Task<IResult> GetAsync(HttpContext context, string id)
    {
        if (
            !FileIds.IsValid(id)
            || await grains.GetGrain<IPublishedFileGrain>(id).GetAsync() is not { } file
            || file.PublisherId != AccessClaims.PublisherOf(context.User)
        )
            return Problem.UnknownUpload.With("No upload of this id.");
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new UploadStageResource(id, await StageAsync(file, context.RequestAborted), file.FailureReason),
            UploadStageJson.Default.UploadStageResource
        );
    }

    private async Task<string> StageAsync(PublishedFile file, CancellationToken cancellation) =>
        file.State switch
        {
            FileState.Failed => "failed",
            FileState.Unpublished => "unpublished",
            FileState.Published => await HasEdgeAsync(file.Content!) ? "seeded" : "published",
            // The session goes when the content is in the store; the record is told after that.
            _ when sessions.Known(file.Id) is { } session => !session.IsReceived ? "receiving"
            : session.IsHashed ? "hashed"
            : "received",
            _ => await store.FindAsync(file.Id, cancellation) is null ? "receiving" : "hashed",
        };

    private async Task<bool> HasEdgeAsync(FileContent content) =>
        await grains.GetGrain<ISwarmGrain>(content.InfoHash.ToString()).GetSnapshotAsync() is { Edges: > 0 };
}

/// <param name="Stage">"receiving", "received" (all bytes are durable), "hashed" (its torrent is made), "published" (its links work), "seeded" (an
/// edge has taken it up), "failed" or "unpublished".</param>
/// <param name="FailureReason">For people; null unless it failed.</param>
internal sealed record UploadStageResource(string Id, string Stage, string? FailureReason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(UploadStageResource))]
internal sealed partial class UploadStageJson : JsonSerializerContext;
