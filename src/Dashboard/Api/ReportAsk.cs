using Microsoft.AspNetCore.Mvc;

namespace Distribution.Dashboard.Api;

/// <summary>The query of a report.</summary>
internal sealed record ReportAsk
{
    /// <summary>RFC 3339 time or date, inclusive; default: 30 days before the end.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>Exclusive; default: now.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary>The start of a second range to compare with, inclusive; default: as long before its end as the first is long.</summary>
    [FromQuery(Name = "compareFrom")]
    public string? CompareFrom { get; init; }

    /// <summary>Its end, exclusive; with compareFrom alone: as long after it as the first is long.</summary>
    [FromQuery(Name = "compareTo")]
    public string? CompareTo { get; init; }

    /// <summary>"hour", "day" or "month".</summary>
    [FromQuery(Name = "bucket")]
    public string? Bucket { get; init; }

    /// <summary>"json" or "csv"; default: by the Accept header.</summary>
    [FromQuery(Name = "format")]
    public string? Format { get; init; }

    /// <summary>Of CSV: what a line is of, "time" (a bucket, the default), "region" or "system".</summary>
    [FromQuery(Name = "by")]
    public string? By { get; init; }

    /// <summary>The id of a contract of the catalogue, under which the same range is priced too.</summary>
    [FromQuery(Name = "contract")]
    public string? Contract { get; init; }
}
