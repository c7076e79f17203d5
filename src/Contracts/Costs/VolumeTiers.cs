namespace Distribution.Contracts.Costs;

/// <summary>
/// All gigabytes of the month at the price of the tier that their sum reaches; a border belongs to the tier below it. So a bill can fall by
/// one more byte, and a range can cost less than nothing.
/// </summary>
public sealed record VolumeTiers(IReadOnlyList<PriceTier> Tiers) : TrafficPlan
{
    public override IEnumerable<BillLine> Bill(BillingSpan span, SpanTraffic traffic)
    {
        if (traffic.GigabytesAfter == traffic.GigabytesBefore)
            yield break;
        yield return Line(span, traffic, BillItem.Traffic, traffic.GigabytesAfter, 1);
        if (traffic.GigabytesBefore > 0)
            yield return Line(span, traffic, BillItem.Earlier, traffic.GigabytesBefore, -1);
    }

    private BillLine Line(BillingSpan span, SpanTraffic traffic, BillItem item, decimal gigabytes, int sign)
    {
        int reached = 0;
        while (Tiers[reached].UpToGigabytes < gigabytes)
            reached++;
        PriceTier tier = Tiers[reached];
        return BillLine.Of(span, item, sign * gigabytes, traffic.Gigabytes, tier.PerGigabyte, traffic.Region) with
        {
            TierAbove = reached == 0 ? 0 : Tiers[reached - 1].UpToGigabytes,
            TierUpTo = tier.UpToGigabytes,
        };
    }
}
