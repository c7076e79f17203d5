using Distribution.Contracts.Reports;
using Distribution.Dashboard.Reports;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary>A calendar month's account, as JSON or CSV; the page that prints is <c>/statement/2026-11</c>.</summary>
internal static class StatementEndpoints
{
    public static void MapStatements(this RouteGroupBuilder v1) =>
        v1.MapGet("/statement/{month}", GetAsync)
            .WithName("GetStatement")
            .WithSummary("A calendar month's account; a closed one stays as it is, and corrections stand beside it")
            .WithTags("Reports")
            .Produces<MonthResource>(StatusCodes.Status200OK, "application/json", ReportCsv.ContentType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static async Task<IResult> GetAsync(
        string month,
        HttpContext context,
        [FromServices] ReportSources sources,
        [FromQuery] string? format
    )
    {
        if (!StatementMonth.TryParse(month, sources.Time.GetUtcNow(), out DateTimeOffset start, out Refusal? error))
            return Problems.Invalid(error.ToString());
        if (CsvAnswers.RefuseFormat(format) is { } refusal)
            return refusal;
        MonthStatement account = await sources.Reports.GetMonthAsync(start);
        if (format is not "csv")
            return Results.Ok(MonthResource.Of(account));
        return CsvAnswers.Csv(context, $"statement-{month}", ReportCsv.Write(account));
    }
}
