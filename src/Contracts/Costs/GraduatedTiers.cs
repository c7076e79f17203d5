namespace Distribution.Contracts.Costs;

/// <summary>Each gigabyte of the month at the price of the tier in which it falls. Tiers start anew each month.</summary>
public sealed record GraduatedTiers(IReadOnlyList<PriceTier> Tiers) : TrafficPlan
{
    public override IEnumerable<BillLine> Bill(BillingSpan span, SpanTraffic traffic)
    {
        decimal above = 0;
        foreach (PriceTier tier in Tiers)
        {
            decimal quantity = Within(traffic.GigabytesAfter) - Within(traffic.GigabytesBefore);
            if (quantity > 0)
            {
                yield return BillLine.Of(
                    span,
                    BillItem.Traffic,
                    quantity,
                    traffic.Gigabytes,
                    tier.PerGigabyte,
                    traffic.Region
                ) with
                {
                    TierAbove = above,
                    TierUpTo = tier.UpToGigabytes,
                };
            }
            if (tier.UpToGigabytes is not { } border)
                yield break;
            above = border;

            decimal Within(decimal gigabytes) =>
                Math.Max(0, Math.Min(gigabytes, tier.UpToGigabytes ?? gigabytes) - above);
        }
    }
}
