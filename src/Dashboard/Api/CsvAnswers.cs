using System.Text;
using Distribution.Dashboard.Reports;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Api;

/// <summary>What reports, lists and statements have in common that come as JSON or CSV.</summary>
internal static class CsvAnswers
{
    /// <summary>Null: the query's format can be had.</summary>
    public static IResult? RefuseFormat(string? format) =>
        format is null or "" or "csv" or "json" ? null : Problems.Invalid("format is \"json\" or \"csv\".");

    /// <param name="name">Of the file that a browser keeps, without its ending.</param>
    public static IResult Csv(HttpContext context, string name, string text)
    {
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        return Results.Text(text, ReportCsv.ContentType, Encoding.UTF8);
    }
}
