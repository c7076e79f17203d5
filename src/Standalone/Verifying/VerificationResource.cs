using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Api;
using Distribution.Silos.Ledgers.Chain;

namespace Distribution.Standalone.Verifying;

/// <summary>A verification as JSON. Reports in it are written as the server's API writes them.</summary>
internal static class VerificationResource
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>What the server's report has beside, and an export cannot tell.</summary>
    private static readonly string[] NotInTheChain =
    [
        "wholeUntil",
        "regions",
        "systems",
        "crossSystem",
        "uploads",
        "holdout",
        "collection",
    ];

    public static JsonObject Of(Verification done, string? fileId, ReportBucketSize bucket)
    {
        ChainSummary summary = done.Summary;
        var document = new JsonObject
        {
            ["valid"] = done.Fault is null,
            ["problem"] = done.Fault?.Problem,
            ["line"] = done.Fault?.Line,
            ["entry"] = done.Fault?.Sequence,
            ["entries"] = summary.Entries,
            ["hourEntries"] = summary.HourEntries,
            ["lateEntries"] = summary.LateEntries,
            ["checkpoints"] = summary.Checkpoints,
            ["after"] = summary.After,
            ["completeFrom"] = summary.CompleteFrom > 0 ? Time(summary.CompleteFrom) : null,
            ["firstHour"] = summary.FirstHour is { } first ? Time(first) : null,
            ["lastHour"] = summary.LastHour is { } last ? Time(last) : null,
            ["closedThrough"] = Time(summary.Through),
            ["last"] = summary.Last,
            ["head"] = summary.Head.ToString(),
            ["fingerprint"] = summary.Fingerprint,
            ["extendsEarlier"] = done.IsCompared ? done.Fault is null : null,
            ["totals"] = Totals(summary.Totals),
        };
        if (done is { Fault: null, Report: { } report })
            document["report"] = ReportOf(done, report, fileId, bucket);
        return document;
    }

    /// <summary>The report of all that was asked for, as GET /api/v1/report has it, with a list of the files' own.</summary>
    public static JsonObject ReportOf(Verification done, ChainReport report, string? fileId, ReportBucketSize bucket)
    {
        long through = done.Summary.Through;
        JsonObject whole = Json(report.Build(done.Prices!), fileId, bucket, through);
        var files = new JsonArray();
        foreach (string one in report.FileIds)
            files.Add(Json(report.Build(done.Prices!, one), one, bucket, through));
        whole["files"] = files;
        return whole;
    }

    private static JsonObject Json(SavingsReport report, string? fileId, ReportBucketSize bucket, long through)
    {
        JsonObject json = JsonSerializer
            .SerializeToNode(
                ReportResource.Of(
                    report with
                    {
                        WholeUntil = DateTimeOffset.FromUnixTimeSeconds(through),
                    },
                    fileId,
                    bucket
                ),
                Options
            )!
            .AsObject();
        foreach (string name in NotInTheChain)
            json.Remove(name);
        return json;
    }

    private static JsonObject Totals(ChainFigures totals) =>
        new()
        {
            ["low"] = totals.Low,
            ["high"] = totals.High,
            ["webSeed"] = totals.WebSeed,
            ["direct"] = totals.Direct,
            ["edge"] = totals.Edge,
            ["edgeFill"] = totals.EdgeFill,
            ["viewerUpload"] = totals.ViewerUpload,
            ["cdn"] = totals.Cdn,
            ["edgeMetadata"] = totals.EdgeMetadata,
            ["edgeOverhead"] = totals.EdgeOverhead,
            ["waste"] = totals.Waste,
        };

    private static string Time(long unixSeconds) =>
        DateTimeOffset
            .FromUnixTimeSeconds(unixSeconds)
            .ToString(ChainLineWriter.TimeFormat, System.Globalization.CultureInfo.InvariantCulture);
}
