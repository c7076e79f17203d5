using Distribution.Contracts.Files;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Operating;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/server/takedowns</c>: unpublished files of all publishers, and the operator's own takedowns.</summary>
internal static class TakedownEndpoints
{
    private const int MaxCursorLength = 512;

    public static void MapTakedowns(this RouteGroupBuilder server)
    {
        RouteGroupBuilder takedowns = server.MapGroup("/server/takedowns").WithTags("Server");
        takedowns
            .MapGet("", ListAsync)
            .WithName("ListTakedowns")
            .WithSummary("Unpublished files of all publishers, newest uploads first")
            .Produces<TakedownList>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        takedowns
            .MapPost("", PostAsync)
            .WithName("TakeDown")
            .WithSummary("Take a file of any publisher down: only the operator can undo it, within 24 hours")
            .Accepts<TakedownWish>("application/json")
            .Produces<TakedownResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        takedowns
            .MapGet("/{id}", GetAsync)
            .WithName("GetTakedown")
            .WithSummary(
                "A file of any publisher, by its id or an escaped link that has it: whether it is down, and why"
            )
            .Produces<TakedownResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        takedowns
            .MapDelete("/{id}", DeleteAsync)
            .WithName("UndoTakedown")
            .WithSummary("Publish a file again that was taken down in the last 24 hours: the same links work again")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(
        [FromServices] Takedowns takedowns,
        [FromServices] TimeProvider time,
        [FromQuery] string? cursor,
        [FromQuery] string? limit
    )
    {
        int count = FileEndpoints.DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out count) || count is < 1 or > FileEndpoints.MaxLimit))
            return Problems.Invalid($"limit is a number from 1 to {FileEndpoints.MaxLimit}.");
        if (cursor?.Length > MaxCursorLength)
            return Problems.Invalid("cursor is not one of ours.");
        FilePage page = await takedowns.ListAsync(cursor, count);
        return Results.Ok(
            new TakedownList(
                [.. page.Files.Select(file => TakedownResource.Of(file, time.GetUtcNow()))],
                page.NextCursor
            )
        );
    }

    private static async Task<IResult> GetAsync(
        string id,
        [FromServices] Takedowns takedowns,
        [FromServices] TimeProvider time
    ) =>
        await takedowns.FindAsync(id) is { } file
            ? Results.Ok(TakedownResource.Of(file, time.GetUtcNow()))
            : Problems.NoSuchFile(id);

    private static async Task<IResult> PostAsync(
        HttpRequest request,
        [FromServices] Takedowns takedowns,
        [FromServices] TimeProvider time
    )
    {
        TakedownWish? wish = await SmallJson.ReadAsync<TakedownWish>(request);
        if (wish?.File is null || !Takedowns.TryCleanReason(wish.Reason, out string reason))
            return Problems.Invalid(
                $"Send a JSON object with \"file\" (an id or a link) and \"reason\" (1 to {Takedowns.MaxReasonLength} characters)."
            );
        if (await takedowns.FindAsync(wish.File) is not { } file)
            return Problems.NoSuchFile(wish.File);
        PublishedFile down = await takedowns.TakeDownAsync(file, reason);
        return Results.Json(TakedownResource.Of(down, time.GetUtcNow()), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> DeleteAsync(
        string id,
        HttpRequest request,
        [FromServices] Takedowns takedowns,
        [FromServices] TimeProvider time
    )
    {
        if (await takedowns.FindAsync(id) is not { } file)
            return Problems.NoSuchFile(id);
        if (EntityTags.Refusal(request, TakedownResource.Of(file, time.GetUtcNow())) is { } changed)
            return changed;
        try
        {
            return await takedowns.RestoreAsync(file, EntityTags.IsConditional(request)) is null
                ? Problems.Changed()
                : Results.NoContent();
        }
        catch (InvalidOperationException refusal)
        {
            return Problems.NotPossible(refusal.Message);
        }
    }
}
