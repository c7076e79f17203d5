namespace Distribution.Contracts.Costs;

/// <summary>A fee a month with a quota. Of a month that the contract covers in part, fee and quota are that part by hours.</summary>
/// <param name="PerMonth">Falls due evenly by time.</param>
/// <param name="QuotaGigabytes">Of a month; null: no end.</param>
/// <param name="OveragePerGigabyte">Beyond the quota; null: the CDN slows down and bills nothing.</param>
public sealed record FlatPlan(decimal PerMonth, decimal? QuotaGigabytes, decimal? OveragePerGigabyte) : TrafficPlan
{
    public override IEnumerable<BillLine> Bill(BillingSpan span, SpanTraffic traffic)
    {
        yield return BillLine.Of(span, BillItem.Fee, span.RangeMonths, BillUnit.Month, PerMonth, traffic.Region);
        if (QuotaGigabytes is not { } quota)
            yield break;
        decimal above = quota * span.CoveredMonths;
        decimal beyond = Math.Max(0, traffic.GigabytesAfter - above) - Math.Max(0, traffic.GigabytesBefore - above);
        if (beyond == 0)
            yield break;
        BillItem item = OveragePerGigabyte is null ? BillItem.BeyondQuota : BillItem.Overage;
        yield return BillLine.Of(span, item, beyond, traffic.Gigabytes, OveragePerGigabyte ?? 0, traffic.Region) with
        {
            TierAbove = above,
        };
    }
}
