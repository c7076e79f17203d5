namespace Distribution.Contracts.Reports;

/// <summary>Where buckets begin and end, UTC.</summary>
public static class ReportBuckets
{
    /// <summary>The start of the bucket that a time lies in.</summary>
    public static DateTimeOffset StartOf(this ReportBucketSize size, DateTimeOffset time) =>
        size switch
        {
            ReportBucketSize.Month => new DateTimeOffset(
                time.UtcDateTime.Year,
                time.UtcDateTime.Month,
                1,
                0,
                0,
                0,
                default
            ),
            ReportBucketSize.Day => Floor(time, TimeSpan.TicksPerDay),
            _ => Floor(time, TimeSpan.TicksPerHour),
        };

    /// <summary>The start of the bucket after the one that begins at <paramref name="start"/>.</summary>
    public static DateTimeOffset Next(this ReportBucketSize size, DateTimeOffset start) =>
        size switch
        {
            ReportBucketSize.Month => start.AddMonths(1),
            ReportBucketSize.Day => start.AddDays(1),
            _ => start.AddHours(1),
        };

    private static DateTimeOffset Floor(DateTimeOffset time, long ticks) =>
        new(time.UtcTicks - time.UtcTicks % ticks, TimeSpan.Zero);
}
