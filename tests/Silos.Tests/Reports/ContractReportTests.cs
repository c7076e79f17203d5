using Distribution.BitTorrent;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Silos.Reports;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Reports;

/// <summary>Reports of a real ledger under contracts whose prices depend on more than the range.</summary>
public sealed class ContractReportTests : IAsyncLifetime
{
    private const long Gigabyte = 1_000_000_000;
    private const string Flat = """
        { "id": "flat", "name": "Flat", "currency": "USD", "terms": [ { "traffic": [ { "plan": "flat", "perMonth": 31 } ] } ] }
        """;

    private static readonly PriceOptions Tiered = new()
    {
        Contract = new ContractDocument(
            new Contract
            {
                Id = "tiered",
                Name = "Tiered",
                Currency = "USD",
                Terms =
                [
                    new ContractTerms
                    {
                        Regions =
                        [
                            new RegionPrice(
                                "",
                                1,
                                new GraduatedTiers([new PriceTier(10, 1m), new PriceTier(null, 0.1m)])
                            ),
                        ],
                        Edge = new EdgePrice(0.5m, Gigabyte, PerNodeMonth: 0, Nodes: 0),
                    },
                ],
            },
            "{}"
        ),
    };

    private LedgerHarness _ledger = null!;

    public async ValueTask InitializeAsync()
    {
        // The clock stands at 12:10 on 1 March.
        _ledger = await LedgerHarness.StartAsync();
        InfoHash first = await _ledger.OpenFileAsync("first", 100 * Gigabyte);
        InfoHash second = await _ledger.OpenFileAsync("second", 100 * Gigabyte);
        await _ledger.SendAsync(first, "192.0.2.1", SendKind.WebSeed, 8 * Gigabyte);
        _ledger.Clock.Advance(TimeSpan.FromDays(2));
        await _ledger.SendAsync(first, "192.0.2.1", SendKind.WebSeed, 1 * Gigabyte);
        await _ledger.SendAsync(second, "192.0.2.2", SendKind.WebSeed, 3 * Gigabyte);
        await _ledger.SendAsync(second, "192.0.2.3", SendKind.Edge, 4 * Gigabyte, source: "edge/e");
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task What_the_month_had_before_the_range_decides_its_tier()
    {
        SavingsReport report = await ReadAsync(null);

        // 8 GB were sent before: 2 of the range's 4 from the web seed are in the first tier, and 2 of the 8 that were delivered.
        Assert.Equal(2m + 2 * 0.1m + 4 * 0.5m, report.Cost.Actual);
        Assert.Equal(2m + 6 * 0.1m, report.Cost.CdnOnly);
        Assert.Equal(8 * Gigabyte, report.Bytes.Delivered.Low);
        Assert.Single(report.Buckets);
        Assert.Null(report.Other);
    }

    [Fact]
    public async Task Files_share_the_publisher_s_bill_and_add_up_to_it()
    {
        ReportCost all = (await ReadAsync(null)).Cost;
        SavingsReport first = await ReadAsync("first");
        SavingsReport second = await ReadAsync("second");

        // A quarter of what the web seed sent in the range, and nothing of the edges'.
        Assert.Equal(2.2m / 4, first.Cost.Actual);
        Assert.Equal(2.6m / 8, first.Cost.CdnOnly);
        Assert.Equal(Gigabyte, first.Bytes.WebSeedBytes);
        Assert.Equal(all.Actual, first.Cost.Actual + second.Cost.Actual);
        Assert.Equal(all.CdnOnly, first.Cost.CdnOnly + second.Cost.CdnOnly);
        Assert.Equal(all.Saved.Low, first.Cost.Saved.Low + second.Cost.Saved.Low);
    }

    [Fact]
    public async Task The_same_range_is_priced_under_another_contract_with_one_s_own_edges()
    {
        SavingsReport report = await ReadAsync(null, Flat);

        Assert.Equal("tiered", report.Statement.ContractId);
        ReportCost other = ReportCost.Of(Assert.IsType<CostStatement>(report.Other));
        // A day of March; and 4 GB of edges at one's own price, which nothing makes up for.
        Assert.Equal((1m, 3m), (other.CdnOnly, other.Actual));
        Assert.Equal(new MoneyRange(-2, -2), other.Saved);
    }

    [Fact]
    public async Task What_is_no_contract_is_not_priced() =>
        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(null, "{}"));

    private Task<SavingsReport> ReadAsync(string? fileId, string? other = null) =>
        new ReportReader(_ledger.Database, Tiered).ReadAsync(
            new ReportQuery(
                LedgerHarness.PublisherId,
                fileId,
                new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero),
                ReportBucketSize.Day,
                other
            )
        );
}
