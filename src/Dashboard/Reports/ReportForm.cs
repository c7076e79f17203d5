using System.Globalization;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Reports;

/// <summary>
/// A report page's query. People pick whole days, the last one included (<c>through</c>); the API's <c>to</c> is understood too. Nothing
/// chosen: the last 30 days, today included.
/// </summary>
internal sealed record ReportForm(string? From, string? Through, string? To, string? Bucket)
{
    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>The range to show. With <paramref name="error"/> set it is the default, because what was asked makes no sense.</summary>
    public ReportRange Range(DateTimeOffset now, out Refusal? error)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        DateTimeOffset tomorrow = today.AddDays(1);
        string? to = To;
        if (string.IsNullOrEmpty(to))
        {
            to =
                DateOnly.TryParseExact(Through, DateFormat, out DateOnly last) && last < DateOnly.MaxValue
                    ? last.AddDays(1).ToString(DateFormat, CultureInfo.InvariantCulture)
                    : Through;
        }
        string? from = From;
        if (string.IsNullOrEmpty(from) && string.IsNullOrEmpty(to))
            from = today.AddDays(1 - ReportRange.DefaultDays).ToString(DateFormat, CultureInfo.InvariantCulture);
        return ReportRange.TryParse(from, to, Bucket, tomorrow, out ReportRange? range, out error)
            ? range
            : new ReportRange(tomorrow.AddDays(-ReportRange.DefaultDays), tomorrow, ReportBucketSize.Day);
    }

    /// <summary>The first day shown, for a date field.</summary>
    public static string FirstDay(ReportRange range) => Date(range.From);

    /// <summary>The last day shown, for a date field.</summary>
    public static string LastDay(ReportRange range) => Date(range.To.AddTicks(-1));

    /// <summary>The query string of the last <paramref name="days"/> days, today included.</summary>
    /// <param name="contract">The id of the contract that is compared; null: none.</param>
    public static string LastDays(int days, DateTimeOffset now, string? contract = null) =>
        $"?from={Date(now.AddDays(1 - days))}&through={Date(now)}&bucket={(days <= 3 ? "hour" : "day")}"
        + (contract is null ? "" : $"&contract={Uri.EscapeDataString(contract)}");

    /// <summary>The API's query string for the same range.</summary>
    public static string ApiQuery(ReportRange range) =>
        $"?from={Time(range.From)}&to={Time(range.To)}&bucket={range.Bucket.ToString().ToLowerInvariant()}";

    private static string Date(DateTimeOffset time) =>
        time.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>A time as the API takes it.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
