namespace Distribution.Contracts.Costs;

/// <summary>
/// How traffic is priced in a region. A plan bills a calendar month up to a moment; the bill of a range is the bill at its end less the bill
/// at its start, so bills of adjoining ranges add up.
/// </summary>
public abstract record TrafficPlan
{
    /// <summary>The lines of the span's range; empty where nothing is due.</summary>
    public abstract IEnumerable<BillLine> Bill(BillingSpan span, SpanTraffic traffic);
}
