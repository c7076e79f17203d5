namespace Distribution.Contracts.Costs;

/// <summary>
/// Gigabytes of each month are paid for, used or not; beyond them others cost more or less. Of a month that the contract covers in part, the
/// commitment is that part by hours.
/// </summary>
public sealed record CommitPlan(decimal CommitGigabytes, decimal PerGigabyte, decimal OveragePerGigabyte) : TrafficPlan
{
    public override IEnumerable<BillLine> Bill(BillingSpan span, SpanTraffic traffic) =>
        new FlatPlan(CommitGigabytes * PerGigabyte, CommitGigabytes, OveragePerGigabyte)
            .Bill(span, traffic)
            .Select(static line => line.Item == BillItem.Fee ? line with { Item = BillItem.Commitment } : line);
}
