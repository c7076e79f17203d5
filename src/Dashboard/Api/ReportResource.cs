using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>The savings report. Ranges run from what our own machines witnessed (low) to what was reported (high).</summary>
public sealed record ReportResource : ReportBytesResource
{
    private const int MaxSystems = 200;

    /// <summary>Null: all files of the publisher.</summary>
    [JsonPropertyOrder(-10)]
    public required string? FileId { get; init; }

    /// <summary>UTC, inclusive.</summary>
    [JsonPropertyOrder(-9)]
    public required DateTime From { get; init; }

    /// <summary>UTC, exclusive.</summary>
    [JsonPropertyOrder(-8)]
    public required DateTime To { get; init; }

    /// <summary>How long a bucket is.</summary>
    [JsonPropertyOrder(-7)]
    [JsonConverter(typeof(LowerCaseEnumConverter<ReportBucketSize>))]
    public required ReportBucketSize Bucket { get; init; }

    /// <summary>ISO 4217.</summary>
    [JsonPropertyOrder(-6)]
    public required string Currency { get; init; }

    /// <summary>Distinct viewers that got anything.</summary>
    [JsonPropertyOrder(1)]
    public required int Viewers { get; init; }

    /// <summary>Of them, those that say they uploaded nothing.</summary>
    [JsonPropertyOrder(2)]
    public required int DownloadOnlyViewers { get; init; }

    [JsonPropertyOrder(3)]
    public required ReportCost Cost { get; init; }

    /// <summary>They add up to the byte fields above.</summary>
    [JsonPropertyOrder(4)]
    public required IReadOnlyList<ReportBucketResource> Buckets { get; init; }

    /// <summary>The bills under the publisher's own contract: how <see cref="Cost"/> came about.</summary>
    [JsonPropertyOrder(5)]
    public required StatementResource Statement { get; init; }

    /// <summary>The same range under the contract that was asked for; null: none was.</summary>
    [JsonPropertyOrder(6)]
    public required StatementResource? WhatIf { get; init; }

    /// <summary>How many viewers announced what cannot be so, by kind. No figure depends on it.</summary>
    [JsonPropertyOrder(7)]
    public required IReadOnlyList<ReportAnomalyResource> Anomalies { get; init; }

    /// <summary>The figures of the range that was asked for beside this one; null: none was.</summary>
    [JsonPropertyOrder(8)]
    public ReportPartResource? Compared { get; init; }

    /// <summary>Hours before it are closed, and change by late entries alone; later ones still grow. Null: none is closed yet.</summary>
    [JsonPropertyOrder(9)]
    public required DateTime? WholeUntil { get; init; }

    /// <summary>By country, the most delivered first; what is not known stands last. They add up to the report.</summary>
    [JsonPropertyOrder(10)]
    public required IReadOnlyList<ReportNetworkResource> Regions { get; init; }

    /// <summary>By autonomous system, likewise; at most the first 200.</summary>
    [JsonPropertyOrder(11)]
    public required IReadOnlyList<ReportNetworkResource> Systems { get; init; }

    /// <summary>
    /// The share of peer bytes (high) that came from another autonomous system, between the bounds that what each system's viewers got and
    /// say they gave leave; null: nothing is known of it.
    /// </summary>
    [JsonPropertyOrder(12)]
    public required ShareRange? CrossSystem { get; init; }

    /// <summary>What viewers uploaded.</summary>
    [JsonPropertyOrder(13)]
    public required ReportUploadsResource Uploads { get; init; }

    /// <summary>How viewers fared that were kept from peers; null: nobody was in the range.</summary>
    [JsonPropertyOrder(14)]
    public required ReportHoldoutResource? Holdout { get; init; }

    /// <summary>Null: not of a collection.</summary>
    [JsonPropertyOrder(15)]
    public string? Collection { get; init; }

    public static ReportResource Of(SavingsReport report, string? fileId, ReportBucketSize bucket) =>
        new(report.Bytes)
        {
            FileId = fileId,
            From = report.From.UtcDateTime,
            To = report.To.UtcDateTime,
            Bucket = bucket,
            Currency = report.Currency,
            Viewers = report.Viewers,
            DownloadOnlyViewers = report.DownloadOnlyViewers,
            Cost = report.Cost,
            Anomalies = [.. report.Anomalies.Select(ReportAnomalyResource.From)],
            Buckets = [.. report.Buckets.Select(one => ReportBucketResource.From(one, bucket, report.WholeUntil))],
            WholeUntil = report.WholeUntil?.UtcDateTime,
            Regions = [.. report.Regions.Select(ReportNetworkResource.Of)],
            Systems = [.. report.Systems.Take(MaxSystems).Select(ReportNetworkResource.Of)],
            CrossSystem = report.CrossSystem,
            Uploads = ReportUploadsResource.Of(report),
            Holdout = ReportHoldoutResource.Of(report.Holdout),
            Statement = StatementResource.Of(report.Statement),
            WhatIf = report.Other is { } other ? StatementResource.Of(other) : null,
        };

    private ReportResource(ReportBytes bytes)
        : base(bytes) { }
}
