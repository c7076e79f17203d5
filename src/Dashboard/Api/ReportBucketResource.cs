using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>One hour or day of a report.</summary>
public sealed record ReportBucketResource : ReportBytesResource
{
    /// <summary>UTC, inclusive.</summary>
    [JsonPropertyOrder(-1)]
    public DateTime Start { get; }

    private ReportBucketResource(DateTimeOffset start, ReportBytes bytes)
        : base(bytes)
    {
        Start = start.UtcDateTime;
    }

    public static ReportBucketResource From(ReportBucket bucket) => new(bucket.Start, bucket.Bytes);
}
