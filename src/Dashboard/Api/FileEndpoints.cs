using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Files;
using Distribution.Dashboard.Operating;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/files</c>: list, read, change, unpublish, and the live swarm.</summary>
internal static class FileEndpoints
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private const int MaxCursorLength = 512;

    public static void MapFiles(this RouteGroupBuilder v1)
    {
        RouteGroupBuilder files = v1.MapGroup("/files").WithTags("Files");
        files.MapGet("", ListAsync).WithName("ListFiles").WithSummary("The publisher's files, newest first");
        files.MapGet("/{id}", GetAsync).WithName("GetFile").WithSummary("One file").Describes<FileResource>();
        files
            .MapPatch("/{id}", PatchAsync)
            .RequireAuthorization(AccessPolicies.Manage)
            .WithName("UpdateFile")
            .WithSummary("Change a file's title or peer policy")
            .Accepts<FilePatch>("application/json")
            .Describes<FileResource>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        files
            .MapDelete("/{id}", DeleteAsync)
            .RequireAuthorization(AccessPolicies.Manage)
            .WithName("UnpublishFile")
            .WithSummary("Unpublish: close the swarm and every link; the reports stay")
            .Describes<FileResource>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        files
            .MapPost("/{id}/restore", RestoreAsync)
            .RequireAuthorization(AccessPolicies.Manage)
            .WithMetadata(new ConditionalPost())
            .WithName("RestoreFile")
            .WithSummary("Undo a takedown of the last 24 hours: the same links work again")
            .Describes<FileResource>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        files
            .MapGet("/{id}/versions", ListVersionsAsync)
            .WithName("ListVersions")
            .WithSummary("The versions of a file, newest first, and which is current")
            .Describes<VersionList>();
        files
            .MapGet("/{id}/swarm", GetSwarmAsync)
            .WithName("GetSwarm")
            .WithSummary("The file's swarm at this moment")
            .Describes<SwarmResource>();
    }

    private static RouteHandlerBuilder Describes<T>(this RouteHandlerBuilder endpoint) =>
        endpoint
            .Produces<T>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ListAsync(
        [FromServices] PublisherFiles files,
        [FromServices] PublicUrls urls,
        [FromQuery] string? cursor,
        [FromQuery] string? limit
    )
    {
        int count = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out count) || count is < 1 or > MaxLimit))
            return Problems.Invalid($"limit is a number from 1 to {MaxLimit}.");
        if (cursor?.Length > MaxCursorLength)
            return Problems.Invalid("cursor is not one of ours.");
        FilePage page = await files.ListAsync(string.IsNullOrEmpty(cursor) ? null : cursor, count);
        return Results.Ok(new FileList([.. page.Files.Select(file => FileResource.From(file, urls))], page.NextCursor));
    }

    private static async Task<IResult> GetAsync(
        string id,
        [FromServices] PublisherFiles files,
        [FromServices] PublicUrls urls
    ) => await files.FindAsync(id) is { } file ? Results.Ok(FileResource.From(file, urls)) : Problems.NoSuchFile(id);

    private static async Task<IResult> PatchAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherFiles files,
        [FromServices] PublicUrls urls
    )
    {
        if (await SmallJson.ReadAsync<FilePatch>(request) is not { } patch)
            return Problems.Invalid(
                "Send a JSON object with \"title\" (a text), \"policy\" (\"everyone\" or \"off\"), or both."
            );
        string? title = null;
        if (patch.Title is not null)
        {
            if (!PublisherFiles.TryCleanTitle(patch.Title, out title, out Refusal? error))
                return Problems.Invalid(error!.ToString());
        }
        return await ChangeAsync(
            id,
            request,
            files,
            urls,
            (file, onlyIfStill) => files.UpdateAsync(file, title, patch.Policy, onlyIfStill)
        );
    }

    private static Task<IResult> DeleteAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherFiles files,
        [FromServices] PublicUrls urls
    ) => ChangeAsync(id, request, files, urls, files.UnpublishAsync);

    private static Task<IResult> RestoreAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherFiles files,
        [FromServices] PublicUrls urls
    ) => ChangeAsync(id, request, files, urls, files.RestoreAsync);

    private static async Task<IResult> ChangeAsync(
        string id,
        HttpRequest request,
        PublisherFiles files,
        PublicUrls urls,
        Func<PublishedFile, bool, Task<PublishedFile?>> change
    )
    {
        if (await files.FindAsync(id) is not { } file)
            return Problems.NoSuchFile(id);
        if (EntityTags.Refusal(request, FileResource.From(file, urls)) is { } refusal)
            return refusal;
        try
        {
            PublishedFile? next = await change(file, EntityTags.IsConditional(request));
            return next is null ? Problems.Changed() : Results.Ok(FileResource.From(next, urls));
        }
        catch (InvalidOperationException impossible)
        {
            return Problems.NotPossible(impossible.Message);
        }
    }

    private static async Task<IResult> ListVersionsAsync(
        string id,
        [FromServices] PublisherFiles files,
        [FromServices] PublicUrls urls
    )
    {
        if (await files.FindAsync(id) is not { } file)
            return Problems.NoSuchFile(id);
        FileVersions versions = await files.ListVersionsAsync(file);
        return Results.Ok(
            new VersionList(
                [.. versions.Published.Select(version => FileResource.From(version, urls))],
                versions.Current?.Id
            )
        );
    }

    private static async Task<IResult> GetSwarmAsync(
        string id,
        [FromServices] PublisherFiles files,
        [FromServices] PeerSwitching peers
    )
    {
        if (await files.FindAsync(id) is not { } file)
            return Problems.NoSuchFile(id);
        SwarmSnapshot? swarm = await files.FindSwarmAsync(file);
        if (swarm is null)
            return Problems.NoSwarm(file.State);
        bool isOff = file.Policy == PeerPolicy.Off || (await peers.ReadAsync()).IsOffFor(file.PublisherId);
        return Results.Ok(SwarmResource.From(swarm, isOff));
    }
}
