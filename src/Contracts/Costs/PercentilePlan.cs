namespace Distribution.Contracts.Costs;

/// <summary>
/// The 95th percentile of a month's rates, from the mean rates of its hours: an approximation, as such contracts take samples of five
/// minutes. The highest 5 % of the covered hours, rounded down, are left out; the highest rate of the rest counts. Hours that have not come yet count as
/// silent, so the bill at a moment is what is due in any case, and only grows.
/// </summary>
/// <param name="PerMegabit">A megabit a second through a month; in a month that the contract covers in part, that part by hours.</param>
/// <param name="CommitMegabits">Paid for in any case.</param>
public sealed record PercentilePlan(decimal PerMegabit, decimal CommitMegabits) : TrafficPlan
{
    private const decimal BytesOfMegabitHour = 1_000_000m / 8 * 3600;

    public override IEnumerable<BillLine> Bill(BillingSpan span, SpanTraffic traffic)
    {
        if (CommitMegabits > 0)
        {
            yield return BillLine.Of(
                span,
                BillItem.Commitment,
                span.RangeMonths,
                BillUnit.Month,
                CommitMegabits * PerMegabit,
                traffic.Region
            );
        }
        decimal price = PerMegabit * span.CoveredMonths;
        decimal after = Beyond(Rate(span, traffic.HourBytes));
        decimal before = Beyond(Rate(span, traffic.HourBytes.Take(traffic.HoursBefore)));
        if (after == before)
            yield break;
        yield return BillLine.Of(span, BillItem.PeakRate, after, BillUnit.MegabitPerSecond, price, traffic.Region);
        if (before > 0)
        {
            yield return BillLine.Of(span, BillItem.Earlier, -before, BillUnit.MegabitPerSecond, price, traffic.Region);
        }
    }

    private decimal Beyond(decimal megabits) => Math.Max(0, megabits - CommitMegabits);

    private static decimal Rate(BillingSpan span, IEnumerable<decimal> hourBytes)
    {
        int leftOut = span.CoveredHours * 5 / 100;
        return hourBytes.OrderDescending().Skip(leftOut).FirstOrDefault() / BytesOfMegabitHour;
    }
}
