using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>The same figures of the range that was asked for beside the first.</summary>
public sealed record ReportPartResource : ReportBytesResource
{
    private ReportPartResource(SavingsReport report)
        : base(report.Bytes)
    {
        From = report.From.UtcDateTime;
        To = report.To.UtcDateTime;
        Viewers = report.Viewers;
        DownloadOnlyViewers = report.DownloadOnlyViewers;
        Cost = report.Cost;
    }

    /// <summary>UTC, inclusive.</summary>
    [JsonPropertyOrder(-2)]
    public DateTime From { get; }

    /// <summary>UTC, exclusive.</summary>
    [JsonPropertyOrder(-1)]
    public DateTime To { get; }

    /// <summary>Distinct viewers that got anything.</summary>
    [JsonPropertyOrder(1)]
    public int Viewers { get; }

    /// <summary>Of them, those that say they uploaded nothing.</summary>
    [JsonPropertyOrder(2)]
    public int DownloadOnlyViewers { get; }

    [JsonPropertyOrder(3)]
    public ReportCost Cost { get; }

    public static ReportPartResource Of(SavingsReport report) => new(report);
}
