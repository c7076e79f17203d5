using System.Text;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Tests.Hosting;

internal static class SampleReport
{
    /// <summary>Two buckets with every field different, on the range's first two days or hours.</summary>
    public static SavingsReport Of(ReportQuery query)
    {
        TimeSpan span = query.Bucket == ReportBucketSize.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        ReportBytes first = Bytes(1);
        ReportBytes second = Bytes(2);
        return new SavingsReport(
            query.From,
            query.To,
            Bytes(3),
            Viewers: 5,
            DownloadOnlyViewers: 2,
            Statement(query),
            [new ReportBucket(query.From, first), new ReportBucket(query.From + span, second)],
            query.OtherContract is null ? null : Other(query)
        );
    }

    /// <summary>Of earlier times nothing.</summary>
    public static SavingsReport Since2026(ReportQuery query) =>
        query.From.Year >= 2026 ? Of(query) : Of(query) with { Bytes = new ReportBytes() };

    /// <summary>Closed, with two files and one correction.</summary>
    public static MonthStatement Month(DateTimeOffset start)
    {
        DateTimeOffset end = start.AddMonths(1);
        var query = new ReportQuery("default", null, start, end, ReportBucketSize.Month);
        return new MonthStatement(
            start,
            end,
            end + MonthStatement.ClosesAfter,
            IsClosed: true,
            Bytes(3),
            Statement(query),
            [new MonthFile("large", Bytes(2)), new MonthFile("small", Bytes(1))],
            [new MonthCorrection(77, end.AddDays(5), start.AddHours(2), "small", Bytes(1))]
        );
    }

    /// <summary>Without peers 0.5 to 1.5, with them 0.75, borne by viewers 0.125.</summary>
    public static CostStatement Statement(ReportQuery query)
    {
        var with = new Bill([
            Line(query, BillItem.Traffic, 0.009m, 50m) with
            {
                TierAbove = 0,
                TierUpTo = 10,
            },
            Line(query, BillItem.Edge, 0.006m, 50m),
        ]);
        return new CostStatement(
            "own",
            "Own contract",
            "USD",
            new BillPair(new Bill([Line(query, BillItem.Traffic, 0.01m, 50m)]), with),
            new BillPair(new Bill([Line(query, BillItem.Traffic, 0.03m, 50m)]), with),
            ViewersBore: 0.125m,
            UnpricedBytes: 0
        );
    }

    private static CostStatement Other(ReportQuery query)
    {
        Assert.True(
            ContractDocument.TryParse(
                Encoding.UTF8.GetBytes(query.OtherContract!),
                "other",
                out ContractDocument? document,
                out _
            )
        );
        return ContractBilling.Price(
            document.Contract,
            [new ReportBucket(query.From, Bytes(3))],
            query.From,
            query.To,
            query.FileId is null ? null : [new ReportBucket(query.From, Bytes(1))]
        );
    }

    private static BillLine Line(ReportQuery query, BillItem item, decimal quantity, decimal price) =>
        new()
        {
            From = query.From,
            To = query.To,
            Item = item,
            Quantity = quantity,
            Unit = BillUnit.Gigabyte,
            UnitPrice = price,
        };

    /// <summary>Delivered 10–12, web seed 3 (of it 1 direct), edges 2, fill 4, uploaded 6, metadata 0.1, overhead 0.2, waste 0.3, times <paramref name="factor"/> MB.</summary>
    public static ReportBytes Bytes(long factor) =>
        new()
        {
            Delivered = new ByteRange(10_000_000 * factor, 12_000_000 * factor),
            WebSeedBytes = 3_000_000 * factor,
            DirectBytes = 1_000_000 * factor,
            EdgeBytes = 2_000_000 * factor,
            EdgeFillBytes = 4_000_000 * factor,
            ViewerUploadBytes = 6_000_000 * factor,
            EdgeMetadataBytes = 100_000 * factor,
            EdgeOverheadBytes = 200_000 * factor,
            WasteBytes = 300_000 * factor,
        };
}
