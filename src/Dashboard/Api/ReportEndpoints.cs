using System.Text;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Files;
using Distribution.Dashboard.Reports;
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
            .Describe()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithTags("Reports")
            .Produces<ReportResource>(StatusCodes.Status200OK, "application/json", ReportCsv.ContentType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static Task<IResult> GetAsync(
        HttpContext context,
        [FromServices] PublisherReports reports,
        [FromServices] TimeProvider time,
        [FromQuery] string? from,
        [FromQuery] string? to,
        [FromQuery] string? bucket,
        [FromQuery] string? format
    ) => AnswerAsync(context, reports, time, null, from, to, bucket, format);

    private static async Task<IResult> GetForFileAsync(
        string id,
        HttpContext context,
        [FromServices] PublisherFiles files,
        [FromServices] PublisherReports reports,
        [FromServices] TimeProvider time,
        [FromQuery] string? from,
        [FromQuery] string? to,
        [FromQuery] string? bucket,
        [FromQuery] string? format
    ) =>
        await files.FindAsync(id) is null
            ? Problems.NoSuchFile(id)
            : await AnswerAsync(context, reports, time, id, from, to, bucket, format);

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        PublisherReports reports,
        TimeProvider time,
        string? fileId,
        string? from,
        string? to,
        string? bucket,
        string? format
    )
    {
        if (!ReportRange.TryParse(from, to, bucket, time.GetUtcNow(), out ReportRange? range, out string? error))
            return Problems.Invalid(error);
        if (format is not (null or "" or "csv" or "json"))
            return Problems.Invalid("format is \"json\" or \"csv\".");
        SavingsReport report = await reports.GetAsync(fileId, range);
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (format is not "csv" && (format is "json" || !PrefersCsv(context.Request)))
            return Results.Ok(ReportResource.Of(report, fileId, range.Bucket));
        context.Response.Headers.ContentDisposition =
            $"attachment; filename=\"report-{range.From:yyyyMMdd}-{range.To:yyyyMMdd}.csv\"";
        return Results.Text(ReportCsv.Write(report), ReportCsv.ContentType, Encoding.UTF8);
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
