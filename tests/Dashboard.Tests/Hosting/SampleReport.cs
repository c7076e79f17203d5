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
            "USD",
            Bytes(3),
            Viewers: 5,
            DownloadOnlyViewers: 2,
            new ReportCost(1.5m, 0.75m, new MoneyRange(-0.25m, 0.75m), 0.125m),
            [new ReportBucket(query.From, first), new ReportBucket(query.From + span, second)]
        );
    }

    /// <summary>Delivered 10–12, web seed 3 (of it 1 direct), edges 2, fill 4, uploaded 6, times <paramref name="factor"/> MB.</summary>
    public static ReportBytes Bytes(long factor) =>
        new()
        {
            Delivered = new ByteRange(10_000_000 * factor, 12_000_000 * factor),
            WebSeedBytes = 3_000_000 * factor,
            DirectBytes = 1_000_000 * factor,
            EdgeBytes = 2_000_000 * factor,
            EdgeFillBytes = 4_000_000 * factor,
            ViewerUploadBytes = 6_000_000 * factor,
        };
}
