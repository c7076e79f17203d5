using System.Globalization;
using Distribution.Dashboard.Reports;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>GET /api/v1/report/files</c>: a range by file, the most delivered first, as JSON or CSV.</summary>
internal static class ReportFilesEndpoints
{
    public static void MapReportFiles(this RouteGroupBuilder v1) =>
        v1.MapGet("/report/files", GetAsync)
            .WithTags("Reports")
            .WithName("GetReportByFile")
            .WithSummary("Savings by file, the most delivered first; no bills")
            .Produces<ReportFileList>(StatusCodes.Status200OK, "application/json", ReportCsv.ContentType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static async Task<IResult> GetAsync(
        HttpContext context,
        [FromServices] ReportSources sources,
        [FromQuery] string? from,
        [FromQuery] string? to,
        [FromQuery] string? limit,
        [FromQuery] string? cursor,
        [FromQuery] string? format
    )
    {
        if (!ReportRange.TryParse(from, to, null, sources.Time.GetUtcNow(), out ReportRange? range, out Refusal? error))
            return Problems.Invalid(error.ToString());
        if (CsvAnswers.RefuseFormat(format) is { } refusal)
            return refusal;
        int count = FileEndpoints.DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out count) || count is < 1 or > FileEndpoints.MaxLimit))
            return Problems.Invalid($"limit is a number from 1 to {FileEndpoints.MaxLimit}.");
        int skip = 0;
        if (!string.IsNullOrEmpty(cursor) && (!int.TryParse(cursor, NumberStyles.None, null, out skip)))
            return Problems.Invalid("cursor is not one of ours.");
        ReportFilePage page = await sources.Reports.ListFilesAsync(range, skip, count);
        if (format is "csv")
            return CsvAnswers.Csv(
                context,
                $"report-files-{range.From:yyyyMMdd}-{range.To:yyyyMMdd}",
                ReportCsv.Write(page.Files)
            );
        return Results.Ok(
            new ReportFileList(
                [.. page.Files.Select(file => ReportFileResource.Of(file, page.TitleOf(file.FileId)))],
                page.Next?.ToString(CultureInfo.InvariantCulture)
            )
        );
    }
}
