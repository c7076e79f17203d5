using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Reports;

/// <summary>What a report is asked for: a span of whole hours, UTC, and the size of its buckets.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record ReportRange(DateTimeOffset From, DateTimeOffset To, ReportBucketSize Bucket)
{
    /// <summary>Where nothing is asked: the last 30 days.</summary>
    public const int DefaultDays = 30;

    /// <summary>Bounds the answer: 400 days of hours, or 26 years of days; months are not bounded.</summary>
    public const int MaxBuckets = 9600;

    public int BucketCount => (int)Math.Ceiling((To - From) / BucketSpan);

    /// <summary>Of a month, the shortest.</summary>
    public TimeSpan BucketSpan =>
        TimeSpan.FromHours(
            Bucket switch
            {
                ReportBucketSize.Hour => 1,
                ReportBucketSize.Day => 24,
                _ => 24 * 28,
            }
        );

    /// <summary>The range of the same length that ends where this one begins.</summary>
    public ReportRange Before => new(From - (To - From), From, Bucket);

    /// <summary>
    /// Reads the query's words. <paramref name="from"/> and <paramref name="to"/> are RFC 3339 times or dates ("2026-01-31": midnight UTC);
    /// without <paramref name="to"/> the range ends now, without <paramref name="from"/> it begins 30 days before its end.
    /// <paramref name="bucket"/> is "hour", "day", the default, or "month". False: <paramref name="error"/> says what is wrong, for people.
    /// </summary>
    internal static bool TryParse(
        string? from,
        string? to,
        string? bucket,
        DateTimeOffset now,
        [NotNullWhen(true)] out ReportRange? range,
        [NotNullWhen(false)] out Refusal? error
    )
    {
        range = null;
        DateTimeOffset start = default;
        DateTimeOffset end = now;
        ReportBucketSize size = default;
        error =
            !string.IsNullOrEmpty(to) && !TryParseTime(to, out end) ? TimeError("to")
            : !string.IsNullOrEmpty(from) && !TryParseTime(from, out start) ? TimeError("from")
            : !TryParseBucket(bucket, out size) ? new Refusal("bucket is hour, day or month.")
            : null;
        if (error is not null)
            return false;
        if (string.IsNullOrEmpty(from))
            start = end - TimeSpan.FromDays(DefaultDays);
        return TryMake(start, end, size, out range, out error);
    }

    private static bool TryMake(
        DateTimeOffset start,
        DateTimeOffset end,
        ReportBucketSize size,
        [NotNullWhen(true)] out ReportRange? range,
        [NotNullWhen(false)] out Refusal? error
    )
    {
        range = null;
        error = null;
        var made = new ReportRange(FloorToHour(start), CeilingToHour(end), size);
        if (made.From >= made.To)
            error = new Refusal("The range ends before it begins: from must lie before to.");
        else if (made.BucketCount > MaxBuckets)
            error = new Refusal("The range has more than {0} buckets: ask for a shorter one, or for days.", MaxBuckets);
        else
            range = made;
        return range is not null;
    }

    private static bool TryParseBucket(string? text, out ReportBucketSize size)
    {
        size =
            text is "hour" ? ReportBucketSize.Hour
            : text is "month" ? ReportBucketSize.Month
            : ReportBucketSize.Day;
        return text is null or "" or "hour" or "day" or "month";
    }

    /// <summary>Reads an RFC 3339 time or a date (midnight UTC).</summary>
    internal static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time
        )
        // Keeps every later sum of hours and days inside the calendar.
        && time.Year is >= 1970 and < 9000;

    internal static Refusal TimeError(string name) =>
        new Refusal(
            "{0} is a date or time such as 2026-01-31 or 2026-01-31T12:00:00Z (write a + in a query as %2B).",
            name
        );

    private static DateTimeOffset FloorToHour(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);

    private static DateTimeOffset CeilingToHour(DateTimeOffset time) =>
        FloorToHour(time.AddTicks(TimeSpan.TicksPerHour - 1));
}
