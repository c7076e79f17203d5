using Distribution.Contracts.Access;
using Distribution.Contracts.Ledgers.Logs;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.CdnLogs;

/// <summary><c>/api/v1/cdn-logs</c>: takes access logs of a CDN, and tells which were read.</summary>
internal sealed class LogEndpoints(LogImporter importer, IGrainFactory grains)
{
    public const string Path = "/api/v1/cdn-logs";

    private const int MaxNameLength = 200;
    private const int ListLimit = 200;

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes
            .MapGroup(Path)
            .RequireAuthorization(AccessPolicies.Publisher)
            .WithTags("Reports");
        group
            .MapPost("", (Delegate)PostAsync)
            .WithName("ImportCdnLog")
            .WithSummary(
                "Count what a CDN's access log in the body says it sent; each line once, however often it comes"
            )
            .Produces<LogImport>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        group
            .MapGet("", (Delegate)ListAsync)
            .WithName("ListCdnLogs")
            .WithSummary("The access logs that were read last")
            .Produces<LogList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
    }

    private async Task<IResult> PostAsync(HttpContext context)
    {
        string name = context.Request.Query["name"].ToString();
        if (name.Length > MaxNameLength)
            return Problem.InvalidRequest.With($"name has at most {MaxNameLength} characters.");
        // As long as it is: it is read as it comes, in memory of fixed size.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        try
        {
            LogImport done = await importer.ImportAsync(
                name.Length > 0 ? name : "log",
                context.Request.Body,
                context.RequestAborted
            );
            return Results.Json(done, LogJson.Default.LogImport);
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            return Problem.CatalogUnavailable.With("The ledger does not answer; send the log again.");
        }
        catch (Exception fault) when (fault is IOException and not BadHttpRequestException)
        {
            return Problem.TruncatedBody.With("The log did not come in whole; send it again.");
        }
    }

    private async Task<IResult> ListAsync() =>
        Results.Json(
            new LogList([.. (await grains.GetGrain<IAccessLogGrain>(0).ListAsync(ListLimit)).Select(LogResource.Of)]),
            LogJson.Default.LogList
        );
}
