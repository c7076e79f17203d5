using Distribution.Contracts.Reports;

namespace Distribution.Contracts.Costs;

/// <summary>
/// Reckons both bills of a range from the hours of a ledger: plain arithmetic, no clock and no store. The rules: docs/accounting.md, "Cost".
/// </summary>
public static class ContractBilling
{
    /// <param name="publisher">
    /// Hours of all the publisher's files, oldest first, from the start of the month of <paramref name="from"/>; hours without bytes may lack.
    /// </param>
    /// <param name="from">A whole hour, inclusive.</param>
    /// <param name="to">A whole hour, exclusive.</param>
    /// <param name="file">Hours of the one file that is asked for, likewise; null: all files.</param>
    public static CostStatement Price(
        Contract contract,
        IReadOnlyList<ReportBucket> publisher,
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyList<ReportBucket>? file = null
    )
    {
        var low = new BillWriter(static bytes => bytes.Delivered.Low);
        var high = new BillWriter(static bytes => bytes.Delivered.High);
        decimal viewersBore = 0;
        decimal priced = 0;
        foreach (BillingSpan span in BillingSpan.Of(contract, from, to))
        {
            SpanHours all = SpanHours.Of(publisher, span.Start, span.From, span.To);
            SpanHours? part = file is null ? null : SpanHours.Of(file, span.From, span.From, span.To);
            low.Add(span, all, part);
            high.Add(span, all, part);
            priced += (part ?? all).InRange(static bytes => bytes.Delivered.High);
            if (span.Terms.Viewers is { } viewers)
                viewersBore +=
                    (part ?? all).InRange(static bytes => bytes.ViewerUploadBytes)
                    / viewers.BytesPerGigabyte
                    * viewers.PerGigabyte;
        }
        decimal delivered = SpanHours
            .Of(file ?? publisher, from, from, to)
            .InRange(static bytes => bytes.Delivered.High);
        return new CostStatement(
            contract.Id,
            contract.Name,
            contract.Currency,
            low.Pair,
            high.Pair,
            viewersBore,
            (long)Math.Min(long.MaxValue, delivered - priced)
        );
    }
}
