using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Distribution.Silos.Accounts;

namespace Distribution.Silos.Reports;

/// <summary>Prices a month that is made up: its bytes flow evenly.</summary>
public sealed class MonthEstimate(PriceOptions prices, TimeProvider clock)
{
    /// <param name="contract">JSON; null: the server's.</param>
    /// <param name="month">Delivered, web seed, edges and viewers' uploads; the rest is left out.</param>
    /// <exception cref="ArgumentException">The contract is none.</exception>
    public CostStatement Price(string? contract, ReportBytes month)
    {
        Contract server = prices.ToContract();
        DateTimeOffset from = ReportBucketSize.Month.StartOf(clock.GetUtcNow());
        DateTimeOffset to = ReportBucketSize.Month.Next(from);
        int count = (int)(to - from).TotalHours;
        IReadOnlyList<ReportBucket> hours =
        [
            .. Enumerable
                .Range(0, count)
                .Select(hour => new ReportBucket(
                    from.AddHours(hour),
                    new ReportBytes
                    {
                        Delivered = new ByteRange(
                            Part(month.Delivered.Low, hour, count),
                            Part(month.Delivered.High, hour, count)
                        ),
                        WebSeedBytes = Part(month.WebSeedBytes, hour, count),
                        EdgeBytes = Part(month.EdgeBytes, hour, count),
                        ViewerUploadBytes = Part(month.ViewerUploadBytes, hour, count),
                    }
                )),
        ];
        return ContractBilling.Price(
            contract is null ? server : PublisherSettingsTable.Parse(contract).WithCostsOf(server),
            hours,
            from,
            to
        );
    }

    // The first hour has what does not divide.
    private static long Part(long bytes, int hour, int hours) => (bytes / hours) + (hour == 0 ? bytes % hours : 0);
}
