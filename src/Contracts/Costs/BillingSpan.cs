namespace Distribution.Contracts.Costs;

/// <summary>A range's part in one calendar month, UTC, under one set of terms.</summary>
/// <param name="Start">Where counting begins: the month's start, or that of the terms.</param>
/// <param name="From">Of the range's part, inclusive.</param>
/// <param name="To">Of the range's part, exclusive.</param>
/// <param name="End">Where counting ends: the month's end, or that of the terms.</param>
/// <param name="MonthHours">Hours of the whole month.</param>
public sealed record BillingSpan(
    ContractTerms Terms,
    DateTimeOffset Start,
    DateTimeOffset From,
    DateTimeOffset To,
    DateTimeOffset End,
    int MonthHours
)
{
    /// <summary>Of the month, under these terms.</summary>
    public int CoveredHours => Hours(End - Start);

    /// <summary>The same as a part of the month.</summary>
    public decimal CoveredMonths => (decimal)CoveredHours / MonthHours;

    /// <summary>The range's part of the month.</summary>
    public decimal RangeMonths => (decimal)Hours(To - From) / MonthHours;

    /// <summary>The spans of a range of whole hours, oldest first; hours without terms have none.</summary>
    public static IEnumerable<BillingSpan> Of(Contract contract, DateTimeOffset from, DateTimeOffset to)
    {
        foreach (ContractTerms terms in contract.Terms)
        {
            DateTimeOffset at = Later(from, terms.From ?? DateTimeOffset.MinValue);
            DateTimeOffset end = Earlier(to, terms.To ?? DateTimeOffset.MaxValue);
            while (at < end)
            {
                DateTimeOffset month = MonthOf(at);
                DateTimeOffset nextMonth = month.AddMonths(1);
                DateTimeOffset until = Earlier(end, nextMonth);
                yield return new BillingSpan(
                    terms,
                    Later(month, terms.From ?? month),
                    at,
                    until,
                    Earlier(nextMonth, terms.To ?? nextMonth),
                    Hours(nextMonth - month)
                );
                at = until;
            }
        }
    }

    /// <summary>The start of the month: what must be known to bill from <paramref name="time"/> on.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset time) =>
        new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static int Hours(TimeSpan span) => (int)(span.Ticks / TimeSpan.TicksPerHour);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
