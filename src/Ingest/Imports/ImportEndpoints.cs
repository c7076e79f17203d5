using Distribution.Contracts.Access;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.Imports;

/// <summary><c>/api/v1/imports</c>: publishes what a publisher already has on the server or at an address, as background work.</summary>
internal sealed class ImportEndpoints(ImportDesk desk)
{
    public const string Path = "/api/v1/imports";

    // A .torrent file in Base64; larger ones are refused by their readers, too.
    private const long MaxBodyBytes = 32 << 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Path).RequireAuthorization(AccessPolicies.Upload).WithTags("Imports");
        group
            .MapPost("", (Delegate)CreateAsync)
            .WithName("CreateImport")
            .WithSummary("Publish a file or folder of the server, or what is at an address; goes on in the background")
            .Accepts<ImportRequest>("application/json")
            .Produces<ImportResource>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        group
            .MapGet("", (Delegate)ListAsync)
            .WithName("ListImports")
            .WithSummary("Imports in progress, and those that ended since the server started")
            .Produces<ImportList>();
        group
            .MapGet("/{id}", GetAsync)
            .WithName("GetImport")
            .WithSummary("One import and its progress")
            .Produces<ImportResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        group
            .MapDelete("/{id}", CancelAsync)
            .WithName("CancelImport")
            .WithSummary("Cancel an import and remove what came of it")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private Task<IResult> CreateAsync(HttpContext context) =>
        GuardAsync(async () =>
        {
            (ImportRequest? request, IResult? refusal) = await JsonBody.ReadAsync(
                context,
                ImportJson.Default.ImportRequest,
                MaxBodyBytes
            );
            if (request is null)
                return refusal!;
            (ImportResource? import, refusal) = await desk.CreateAsync(
                request,
                AccessClaims.PublisherOf(context.User),
                context.RequestAborted
            );
            if (import is null)
                return refusal!;
            context.Response.Headers.Location = $"{context.Request.PathBase}{Path}/{import.Id}";
            return Answer(import, StatusCodes.Status202Accepted);
        });

    private Task<IResult> ListAsync(HttpContext context) =>
        GuardAsync(async () =>
            Results.Json(
                await desk.ListAsync(AccessClaims.PublisherOf(context.User), context.RequestAborted),
                ImportJson.Default.ImportList
            )
        );

    private Task<IResult> GetAsync(HttpContext context, string id) =>
        GuardAsync(async () =>
            await desk.FindAsync(id, AccessClaims.PublisherOf(context.User), context.RequestAborted) is { } import
                ? Answer(import, StatusCodes.Status200OK)
                : Problem.UnknownImport.With("No import of this id.")
        );

    private Task<IResult> CancelAsync(HttpContext context, string id) =>
        GuardAsync(async () =>
            await desk.CancelAsync(id, AccessClaims.PublisherOf(context.User), context.RequestAborted)
            ?? Results.NoContent()
        );

    private static IResult Answer(ImportResource import, int status) =>
        Results.Json(import, ImportJson.Default.ImportResource, statusCode: status);

    private static async Task<IResult> GuardAsync(Func<Task<IResult>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return Problem.CatalogUnavailable.With("The catalog of files does not answer; try again.");
        }
        catch (Exception e) when (e is IOException and not BadHttpRequestException)
        {
            return Problem.StorageFailed.With("Try again.");
        }
    }
}
