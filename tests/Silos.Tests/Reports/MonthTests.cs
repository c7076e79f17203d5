using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Silos.Reports;
using Distribution.Silos.Tests.Ledgers;
using Distribution.Silos.Tests.Ledgers.Chain;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

/// <summary>A month's account, while it grows and once it is closed.</summary>
public sealed class MonthTests : IAsyncLifetime
{
    private const long Size = 1L << 30;
    private const string Home = "203.0.113.5";

    private ChainHarness _chain = null!;

    private LedgerHarness Ledger => _chain.Ledger;

    public async ValueTask InitializeAsync() => _chain = await ChainHarness.StartAsync(new SqliteTestStore());

    public ValueTask DisposeAsync() => _chain.DisposeAsync();

    [Fact]
    public async Task A_closed_month_stays_and_what_comes_later_stands_beside_it()
    {
        // It is the first of March.
        DateTimeOffset march = Ledger.Clock.GetUtcNow();
        long hour = Ledger.Hour;
        InfoHash one = await Ledger.OpenFileAsync("one", Size);
        InfoHash two = await Ledger.OpenFileAsync("two", Size);
        await Ledger.SendAsync(one, Home, SendKind.WebSeed, 1_000_000);
        await Ledger.SendAsync(two, Home, SendKind.Direct, 5_000_000);
        await _chain.Chain.CloseAsync(openHourToo: false);
        Assert.False((await ReadAsync(march)).IsClosed);

        // Late, and before the close: a part of the month, and marked.
        await AdvanceToAsync(new DateTimeOffset(2026, 4, 2, 0, 30, 0, TimeSpan.Zero));
        await Ledger.SendAsync(one, Home, SendKind.WebSeed, 1_500_000, hour: hour);
        await _chain.Chain.CloseAsync(openHourToo: false);
        MonthStatement open = await ReadAsync(march);
        Assert.Equal((false, 6_500_000), (open.IsClosed, open.Bytes.WebSeedBytes));
        Assert.Equal(500_000, (await ReportAsync(march)).Bytes.LateBytes);
        Assert.Empty(open.Corrections);

        await AdvanceToAsync(new DateTimeOffset(2026, 4, 4, 0, 0, 1, TimeSpan.Zero));
        MonthStatement closed = await ReadAsync(march);
        Assert.True(closed.IsClosed);

        await Ledger.SendAsync(one, Home, SendKind.WebSeed, 1_700_000, hour: hour);
        await Ledger.SendAsync(two, "203.0.113.77", SendKind.Edge, 99, hour: hour + 3600, source: "edge/e");
        await _chain.Chain.CloseAsync(openHourToo: false);
        MonthStatement later = await ReadAsync(march);
        Assert.Equal(closed.Bytes, later.Bytes);
        Assert.Equal(closed.Statement.High.WithPeers.Total, later.Statement.High.WithPeers.Total);
        Assert.Equal(closed.Files, later.Files);
        Assert.Equal(["two", "one"], later.Files.Select(static file => file.FileId));
        Assert.Equal([200_000L, 99L], later.Corrections.Select(static one => one.Bytes.OwnBytes));
        Assert.Equal(6_700_000, (await ReportAsync(march)).Bytes.WebSeedBytes);

        // The export tells the same, and so do months as buckets.
        string export = await _chain.ExportAsync();
        await _chain.AssertReportsAgreeAsync(export, files: ["one", "two"]);
        Assert.Equal(0, (await ChainHarness.PythonAsync(export)).ExitCode);
    }

    [Fact]
    public async Task Months_are_buckets_of_calendar_months()
    {
        InfoHash file = await Ledger.OpenFileAsync("one", Size);
        foreach (int days in (int[])[0, 30, 31, 61])
            await Ledger.SendAsync(file, Home, SendKind.Direct, 10, hour: Ledger.Hour - days * 24 * 3600);
        SavingsReport report = await Ledger.ReportAsync(bucket: ReportBucketSize.Month);
        Assert.Equal(
            [("2025-12", 10), ("2026-01", 20), ("2026-03", 10)],
            report.Buckets.Select(static bucket => ($"{bucket.Start:yyyy-MM}", bucket.Bytes.DirectBytes))
        );
    }

    private async Task AdvanceToAsync(DateTimeOffset time)
    {
        Ledger.Clock.SetUtcNow(time);
        await _chain.Chain.CloseAsync(openHourToo: false);
    }

    private Task<MonthStatement> ReadAsync(DateTimeOffset month) =>
        new MonthReader(_chain.Database, _chain.Prices, Ledger.Clock).ReadAsync(LedgerHarness.PublisherId, month);

    private Task<SavingsReport> ReportAsync(DateTimeOffset month) =>
        new ReportReader(_chain.Database, _chain.Prices).ReadAsync(
            new ReportQuery(
                LedgerHarness.PublisherId,
                null,
                ReportBucketSize.Month.StartOf(month),
                ReportBucketSize.Month.StartOf(month).AddMonths(1),
                ReportBucketSize.Month
            )
        );
}
