using Distribution.Contracts.Reports;

namespace Distribution.Contracts.Costs;

/// <summary>
/// Writes both bills of one bound. A line that is metered falls to a file by the bytes that it meters, one that falls due by time by what the
/// file's viewers got (high, in both bills and for both bounds): so a flat plan saves nothing for any file either.
/// </summary>
internal sealed class BillWriter(Func<ReportBytes, decimal> delivered)
{
    private readonly List<BillLine> _withoutPeers = [];
    private readonly List<BillLine> _withPeers = [];

    public BillPair Pair => new(new Bill(_withoutPeers), new Bill(_withPeers));

    public void Add(BillingSpan span, SpanHours all, SpanHours? file)
    {
        ContractTerms terms = span.Terms;
        Traffic(_withoutPeers, span, all, file, delivered);
        Traffic(
            _withPeers,
            span,
            all,
            file,
            terms.Fill is null
                ? static bytes => (decimal)bytes.WebSeedBytes + bytes.CdnBytes + bytes.EdgeFillBytes
                : static bytes => (decimal)bytes.WebSeedBytes + bytes.CdnBytes
        );
        if (terms.Fill is { } fill)
            Metered(
                span,
                all,
                file,
                BillItem.Fill,
                static bytes => bytes.EdgeFillBytes,
                fill.PerGigabyte,
                fill.BytesPerGigabyte
            );
        if (terms.Edge is { } edge)
        {
            Metered(
                span,
                all,
                file,
                BillItem.Edge,
                static bytes => bytes.EdgeBytes,
                edge.PerGigabyte,
                edge.BytesPerGigabyte
            );
            Metered(
                span,
                all,
                file,
                BillItem.EdgeOverhead,
                static bytes => (decimal)bytes.EdgeMetadataBytes + bytes.EdgeOverheadBytes,
                edge.PerGigabyte,
                edge.BytesPerGigabyte
            );
            Fixed(span, all, file, BillItem.EdgeNodes, edge.Nodes * edge.PerNodeMonth);
        }
        if (terms.Platform is { } platform)
        {
            Fixed(span, all, file, BillItem.Platform, platform.PerMonth);
            Metered(
                span,
                all,
                file,
                BillItem.PlatformTraffic,
                delivered,
                platform.PerGigabyte,
                platform.BytesPerGigabyte
            );
        }
    }

    private static void Traffic(
        List<BillLine> bill,
        BillingSpan span,
        SpanHours all,
        SpanHours? file,
        Func<ReportBytes, decimal> sent
    )
    {
        foreach (RegionPrice region in span.Terms.Regions.Where(static region => region.Share > 0))
        {
            var traffic = new SpanTraffic(
                region.Name,
                span.Terms.BytesPerGigabyte,
                [.. all.Each(bytes => sent(bytes) * region.Share)],
                all.Before
            );
            foreach (BillLine line in region.Plan.Bill(span, traffic))
                bill.Add(line with { Share = Share(all, file, line.IsFixed ? DeliveredHigh : sent) });
        }
    }

    private void Metered(
        BillingSpan span,
        SpanHours all,
        SpanHours? file,
        BillItem item,
        Func<ReportBytes, decimal> bytes,
        decimal perGigabyte,
        long bytesPerGigabyte
    )
    {
        decimal gigabytes = all.InRange(bytes) / bytesPerGigabyte;
        if (gigabytes == 0 || perGigabyte == 0)
            return;
        _withPeers.Add(
            BillLine.Of(span, item, gigabytes, BillUnits.GigabyteOf(bytesPerGigabyte), perGigabyte) with
            {
                Share = Share(all, file, bytes),
            }
        );
    }

    private void Fixed(BillingSpan span, SpanHours all, SpanHours? file, BillItem item, decimal perMonth)
    {
        if (perMonth == 0)
            return;
        _withPeers.Add(
            BillLine.Of(span, item, span.RangeMonths, BillUnit.Month, perMonth) with
            {
                Share = Share(all, file, DeliveredHigh),
            }
        );
    }

    private static BillShare? Share(SpanHours all, SpanHours? file, Func<ReportBytes, decimal> bytes) =>
        file is null ? null : new BillShare(file.InRange(bytes), all.InRange(bytes));

    private static decimal DeliveredHigh(ReportBytes bytes) => bytes.Delivered.High;
}
