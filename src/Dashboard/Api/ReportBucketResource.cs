using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>One hour or day of a report.</summary>
public sealed record ReportBucketResource : ReportBytesResource
{
    /// <summary>UTC, inclusive.</summary>
    [JsonPropertyOrder(-1)]
    public DateTime Start { get; }

    /// <summary>False: an hour of it is not closed yet, so it still grows; what peers gave may look larger meanwhile than it will.</summary>
    [JsonPropertyOrder(1)]
    public bool IsWhole { get; }

    private ReportBucketResource(DateTimeOffset start, ReportBytes bytes, bool isWhole)
        : base(bytes)
    {
        IsWhole = isWhole;
        Start = start.UtcDateTime;
    }

    /// <param name="wholeUntil">Hours before it are closed; null: none is.</param>
    public static ReportBucketResource From(ReportBucket bucket, ReportBucketSize size, DateTimeOffset? wholeUntil) =>
        new(bucket.Start, bucket.Bytes, size.Next(bucket.Start) <= wholeUntil);
}
