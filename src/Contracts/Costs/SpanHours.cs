using Distribution.Contracts.Reports;

namespace Distribution.Contracts.Costs;

/// <summary>A ledger's hours in a span, up to the end of the range.</summary>
internal sealed class SpanHours
{
    private readonly List<ReportBytes> _hours = [];

    /// <summary>How many of them lie before the range.</summary>
    public int Before { get; private init; }

    public static SpanHours Of(
        IReadOnlyList<ReportBucket> hours,
        DateTimeOffset start,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        int first = FirstAtOrAfter(hours, start);
        int inRange = FirstAtOrAfter(hours, from);
        int end = FirstAtOrAfter(hours, to);
        var span = new SpanHours { Before = inRange - first };
        for (int hour = first; hour < end; hour++)
            span._hours.Add(hours[hour].Bytes);
        return span;
    }

    public decimal InRange(Func<ReportBytes, decimal> figure) => _hours.Skip(Before).Sum(figure);

    public IEnumerable<decimal> Each(Func<ReportBytes, decimal> figure) => _hours.Select(figure);

    private static int FirstAtOrAfter(IReadOnlyList<ReportBucket> hours, DateTimeOffset time)
    {
        int low = 0;
        int high = hours.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (hours[middle].Start < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
