using System.Diagnostics.CodeAnalysis;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Idempotency;
using Distribution.Dashboard.Reports;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Distribution.Dashboard.Api;

/// <summary>The savings report, for one file or for all, as JSON or CSV.</summary>
internal static class ReportEndpoints
{
    public static void MapReports(this RouteGroupBuilder v1)
    {
        v1.MapGet("/report", GetAsync).WithName("GetReport").WithSummary("Savings over all files").Describe();
        v1.MapGet("/files/{id}/report", GetForFileAsync)
            .WithName("GetFileReport")
            .WithSummary("Savings of one file")
            .Describe();
        v1.MapGet("/collections/{name}/report", GetForCollectionAsync)
            .WithName("GetCollectionReport")
            .WithSummary("Savings of a collection")
            .Describe();
        v1.MapPost("/report", PostAsync)
            .WithMetadata(new ReadsOnly())
            .WithName("PostReport")
            .WithSummary("Savings over all files, also under the contract in the body")
            .Describe()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        v1.MapPost("/files/{id}/report", PostForFileAsync)
            .WithMetadata(new ReadsOnly())
            .WithName("PostFileReport")
            .WithSummary("Savings of one file, also under the contract in the body")
            .Describe()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithTags("Reports")
            .Produces<ReportResource>(StatusCodes.Status200OK, "application/json", ReportCsv.ContentType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static Task<IResult> GetAsync(
        HttpContext context,
        [FromServices] ReportSources sources,
        [AsParameters] ReportAsk ask
    ) => FromCatalogueAsync(context, sources, null, ask);

    private static async Task<IResult> GetForFileAsync(
        string id,
        HttpContext context,
        [FromServices] ReportSources sources,
        [AsParameters] ReportAsk ask
    ) =>
        await sources.Files.FindAsync(id) is null
            ? Problems.NoSuchFile(id)
            : await FromCatalogueAsync(context, sources, id, ask);

    private static async Task<IResult> GetForCollectionAsync(
        string name,
        HttpContext context,
        [FromServices] ReportSources sources,
        [FromServices] PublisherCollections collections,
        [AsParameters] ReportAsk ask
    ) =>
        await collections.FindAsync(name) is null
            ? Problems.NoSuch("collection")
            : await FromCatalogueAsync(context, sources, null, ask, name);

    private static Task<IResult> PostAsync(
        HttpContext context,
        [FromServices] ReportSources sources,
        [AsParameters] ReportAsk ask
    ) => FromBodyAsync(context, sources, null, ask);

    private static async Task<IResult> PostForFileAsync(
        string id,
        HttpContext context,
        [FromServices] ReportSources sources,
        [AsParameters] ReportAsk ask
    ) =>
        await sources.Files.FindAsync(id) is null
            ? Problems.NoSuchFile(id)
            : await FromBodyAsync(context, sources, id, ask);

    private static async Task<IResult> FromCatalogueAsync(
        HttpContext context,
        ReportSources sources,
        string? fileId,
        ReportAsk ask,
        string? collection = null
    )
    {
        ContractDocument? other = null;
        if (!string.IsNullOrEmpty(ask.Contract) && !sources.Options.Contracts.TryFind(ask.Contract, out other))
            return Problems.Invalid(
                "contract names none of the catalogue: GET /api/v1/contracts lists them, and POST takes one in the body."
            );
        return await AnswerAsync(context, sources, fileId, ask, other, collection);
    }

    private static async Task<IResult> FromBodyAsync(
        HttpContext context,
        ReportSources sources,
        string? fileId,
        ReportAsk ask
    )
    {
        if (!string.IsNullOrEmpty(ask.Contract))
            return Problems.Invalid("The contract is in the body: the query names none.");
        // One byte more than may be there shows that there is more.
        var body = new byte[ContractDocument.MaxBytes + 4];
        int length = await context.Request.Body.ReadAtLeastAsync(
            body,
            body.Length,
            throwOnEndOfStream: false,
            context.RequestAborted
        );
        if (length == body.Length)
            return Problems.TooLarge($"A contract has at most {ContractDocument.MaxBytes} bytes.");
        return ContractDocument.TryParse(
            body.AsMemory(0, length),
            "contract",
            out ContractDocument? other,
            out IReadOnlyList<string> errors
        )
            ? await AnswerAsync(context, sources, fileId, ask, other)
            : Problems.Invalid(string.Join(' ', errors));
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        ReportSources sources,
        string? fileId,
        ReportAsk ask,
        ContractDocument? other,
        string? collection = null
    )
    {
        DateTimeOffset now = sources.Time.GetUtcNow();
        if (!ReportRange.TryParse(ask.From, ask.To, ask.Bucket, now, out ReportRange? range, out Refusal? error))
            return Problems.Invalid(error.ToString());
        if (CsvAnswers.RefuseFormat(ask.Format) is { } refusal)
            return refusal;
        if (ask.By is not (null or "" or "time" or "region" or "system"))
            return Problems.Invalid("by is \"time\", \"region\" or \"system\".");
        if (!TryCompare(ask, range, out ReportRange? compared, out error))
            return Problems.Invalid(error.ToString());
        SavingsReport report = await sources.Reports.GetAsync(fileId, range, other, collection);
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (ask.Format is not "csv" && (ask.Format is "json" || !PrefersCsv(context.Request)))
            return Results.Ok(
                ReportResource.Of(report, fileId, range.Bucket) with
                {
                    Collection = collection,
                    Compared = compared is null
                        ? null
                        : ReportPartResource.Of(await sources.Reports.GetAsync(fileId, compared, null, collection)),
                }
            );
        return CsvAnswers.Csv(
            context,
            $"report-{range.From:yyyyMMdd}-{range.To:yyyyMMdd}",
            ReportCsv.Write(report, ask.By)
        );
    }

    /// <summary>A second range, as long as the first where one of its ends is not told; null: none is asked for.</summary>
    private static bool TryCompare(
        ReportAsk ask,
        ReportRange range,
        out ReportRange? compared,
        [NotNullWhen(false)] out Refusal? error
    )
    {
        compared = null;
        error = null;
        bool hasFrom = !string.IsNullOrEmpty(ask.CompareFrom);
        bool hasTo = !string.IsNullOrEmpty(ask.CompareTo);
        if (!hasFrom && !hasTo)
            return true;
        TimeSpan length = range.To - range.From;
        DateTimeOffset start = default;
        DateTimeOffset end = default;
        error =
            hasFrom && !ReportRange.TryParseTime(ask.CompareFrom!, out start) ? ReportRange.TimeError("compareFrom")
            : hasTo && !ReportRange.TryParseTime(ask.CompareTo!, out end) ? ReportRange.TimeError("compareTo")
            : null;
        if (error is not null)
            return false;
        start = hasFrom ? start : end - length;
        end = hasTo ? end : start + length;
        if (start >= end)
        {
            error = new Refusal(
                "The range to compare with ends before it begins: compareFrom must lie before compareTo."
            );
            return false;
        }
        compared = new ReportRange(start, end, ReportBucketSize.Month);
        return true;
    }

    private static bool PrefersCsv(HttpRequest request)
    {
        double csv = 0;
        double json = 0;
        foreach (MediaTypeHeaderValue accepted in request.GetTypedHeaders().Accept)
        {
            if (accepted.MediaType == ReportCsv.ContentType)
                csv = accepted.Quality ?? 1;
            else if (accepted.MatchesMediaType("application/json"))
                json = Math.Max(json, accepted.Quality ?? 1);
        }
        // A tie goes to what was named: "text/csv, */*" wants CSV, "application/json, text/csv" JSON.
        return csv > json
            || (
                csv > 0
                && csv == json
                && !request.Headers.Accept.ToString().Contains("json", StringComparison.OrdinalIgnoreCase)
            );
    }
}
