using System.Globalization;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Text;
using Microsoft.Extensions.Localization;

namespace Distribution.Dashboard.Charts;

/// <summary>Places a report's buckets on two axes: every bucket of the range has its column, also the empty ones.</summary>
internal sealed class ColumnScale
{
    private const int MaxTimeLabels = 6;

    private ColumnScale(IReadOnlyList<ReportBucket> columns, long top, long step, ReportBucketSize bucket)
    {
        Columns = columns;
        Top = top;
        Step = step;
        Bucket = bucket;
    }

    /// <summary>In order of time, without gaps.</summary>
    public IReadOnlyList<ReportBucket> Columns { get; }

    /// <summary>The axis' end, in bytes: a round number not below the highest column.</summary>
    public long Top { get; }

    /// <summary>Between two lines of the axis, in bytes.</summary>
    public long Step { get; }

    private ReportBucketSize Bucket { get; }

    public IEnumerable<long> Lines
    {
        get
        {
            for (long line = 0; line <= Top; line += Step)
                yield return line;
        }
    }

    public static ColumnScale Of(
        IReadOnlyList<ReportBucket> buckets,
        DateTimeOffset from,
        DateTimeOffset to,
        ReportBucketSize size
    )
    {
        var byStart = new Dictionary<DateTimeOffset, ReportBucket>();
        foreach (ReportBucket bucket in buckets)
            byStart[bucket.Start] = bucket;
        var columns = new List<ReportBucket>();
        for (DateTimeOffset start = size.StartOf(from); start < to; start = size.Next(start))
            columns.Add(byStart.GetValueOrDefault(start) ?? new ReportBucket(start, new ReportBytes()));
        long highest = columns.Count == 0 ? 0 : columns.Max(column => Height(column.Bytes));
        long step = RoundStep(highest / 4.0);
        long top = Math.Max(step, (highest + step - 1) / step * step);
        return new ColumnScale(columns, top, step, size);
    }

    /// <summary>What a column stacks up to: our own sends may exceed what is known to have been delivered.</summary>
    public static long Height(ReportBytes bytes) => bytes.OwnBytes + bytes.PeerBytes.High;

    /// <summary>Columns that get a label below, at most six, evenly spread, with their share of the width from the left, 0 to 1.</summary>
    public IEnumerable<(double Left, string Text)> TimeLabels(IStringLocalizer<PortalText> words)
    {
        int every = Math.Max(1, (int)Math.Ceiling(Columns.Count / (double)MaxTimeLabels));
        if (Bucket == ReportBucketSize.Hour && every > 1)
            every = (every + 5) / 6 * 6;
        for (int column = 0; column < Columns.Count; column += every)
            yield return ((column + 0.5) / Columns.Count, TimeLabel(Columns[column].Start, words));
    }

    public string Name(ReportBucket column, IStringLocalizer<PortalText> words) =>
        Bucket == ReportBucketSize.Hour ? DateText.Time(column.Start, words) : DateText.Date(column.Start, words);

    private string TimeLabel(DateTimeOffset start, IStringLocalizer<PortalText> words) =>
        Bucket == ReportBucketSize.Hour && start.Hour != 0
            ? start.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)
            : DateText.Day(start, words);

    // 1, 2 or 5 times a power of ten, not below the value.
    private static long RoundStep(double value)
    {
        if (value <= 1)
            return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double digit = value / power;
        return (long)(
            (
                digit <= 1 ? 1
                : digit <= 2 ? 2
                : digit <= 5 ? 5
                : 10
            ) * power
        );
    }
}
