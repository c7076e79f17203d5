using Distribution.Contracts.Reports;

namespace Distribution.Silos.Reports;

/// <summary>Money for a report's bytes.</summary>
public static class ReportPricing
{
    private const decimal BytesPerGigabyte = 1_000_000_000m;

    public static ReportCost Price(ReportBytes bytes, PriceOptions prices)
    {
        decimal cdnOnlyLow = Cost(bytes.Delivered.Low, prices.CdnPerGigabyte);
        decimal cdnOnlyHigh = Cost(bytes.Delivered.High, prices.CdnPerGigabyte);
        decimal actual =
            Cost(bytes.WebSeedBytes, prices.CdnPerGigabyte)
            + Cost(bytes.EdgeFillBytes, prices.CdnPerGigabyte)
            + Cost(bytes.EdgeBytes, prices.EdgePerGigabyte);
        return new ReportCost(
            cdnOnlyHigh,
            actual,
            new MoneyRange(cdnOnlyLow - actual, cdnOnlyHigh - actual),
            Cost(bytes.ViewerUploadBytes, prices.ViewerPerGigabyte)
        );
    }

    private static decimal Cost(long bytes, decimal perGigabyte) => bytes * perGigabyte / BytesPerGigabyte;
}
