using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Tests.Ledgers;
using Distribution.Silos.Tests.State;
using Distribution.Silos.Tests.Swarms.Networks;

namespace Distribution.Silos.Tests.Reports;

/// <summary>Where bytes went, and what viewers uploaded.</summary>
public sealed class NetworkReportTests
{
    private const long Size = 10_000_000;

    /// <summary>198.51.100.x is AS 64500 in Germany, 203.0.113.x AS 64501 in France, 192.0.2.x Germany alone.</summary>
    private static readonly TableOfNetworks Known = new(static address =>
        address[0] switch
        {
            198 => new NetworkFacts(64500, NetworkFacts.CountryOf("DE")),
            203 => new NetworkFacts(64501, NetworkFacts.CountryOf("FR")),
            192 => new NetworkFacts(0, NetworkFacts.CountryOf("DE")),
            _ => NetworkFacts.Unknown,
        }
    );

    [Fact]
    public async Task Bytes_are_told_by_country_and_by_system()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync(new SqliteTestStore(), Known);
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        await ledger.SendAsync(file, "198.51.100.1", SendKind.WebSeed, 3_000_000);
        await ledger.SendAsync(file, "203.0.113.1", SendKind.Edge, 2_000_000);
        await ledger.SendAsync(file, "192.0.2.1", SendKind.Direct, 1_000_000);
        await ledger.SendAsync(file, "10.0.0.1", SendKind.WebSeed, 500_000);
        await ledger.SendAsync(file, "198.51.100.9", SendKind.EdgeFill, 700_000);

        foreach (string? id in (string?[])[null, "f"])
        {
            SavingsReport report = await ledger.ReportAsync(id);
            Assert.Equal(["DE", "FR", null], report.Regions.Select(static one => one.Region));
            Assert.Equal(
                [4_000_000, 2_000_000, 500_000],
                report.Regions.Select(static one => one.Bytes.Delivered.High)
            );
            Assert.Equal([64500, 64501, null], report.Systems.Select(static one => one.System));
            Assert.Equal(
                [3_000_000, 2_000_000, 1_500_000],
                report.Systems.Select(static one => one.Bytes.Delivered.High)
            );
            Assert.Equal(1_000_000, report.Regions[0].Bytes.DirectBytes);
            Assert.Equal(2_000_000, report.Regions[1].Bytes.EdgeBytes);
        }
    }

    [Fact]
    public async Task Without_a_database_all_is_unknown()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        await ledger.SendAsync(file, "198.51.100.1", SendKind.WebSeed, 3_000_000);

        SavingsReport report = await ledger.ReportAsync();
        ReportNetwork only = Assert.Single(report.Regions);
        Assert.Equal((null, 3_000_000), (only.Region, only.Bytes.Delivered.High));
        Assert.Null(report.CrossSystem);
        Assert.Equal(
            0,
            await ledger.Database.ReadAsync(session => session.Scalar("SELECT COUNT(*) FROM ledger_network"))
        );
    }

    [Theory]
    [InlineData(0, 10_000_000, 1, 1)] // all of it came from the other system
    [InlineData(10_000_000, 0, 0, 0)] // all of it stayed
    [InlineData(5_000_000, 5_000_000, 0.5, 0.5)]
    public async Task What_crosses_between_systems_is_bounded(long ownGave, long otherGave, double low, double high)
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync(new SqliteTestStore(), Known);
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        await ledger.AnnounceAsync(file, "taker", "198.51.100.1", AnnounceEvent.Started, Size);
        await ledger.AnnounceAsync(file, "taker", "198.51.100.1", AnnounceEvent.Completed, 0);
        await GiveAsync("own", "198.51.100.2", ownGave);
        await GiveAsync("other", "203.0.113.2", otherGave);

        ShareRange? crossed = (await ledger.ReportAsync()).CrossSystem;
        Assert.NotNull(crossed);
        Assert.Equal(low, crossed.Value.Low, 9);
        Assert.Equal(high, crossed.Value.High, 9);

        async Task GiveAsync(string peer, string address, long bytes)
        {
            await ledger.AnnounceAsync(file, peer, address, AnnounceEvent.Started, 0);
            await ledger.AnnounceAsync(file, peer, address, AnnounceEvent.None, 0, uploaded: bytes);
        }
    }

    [Fact]
    public async Task Viewers_are_told_by_what_they_say_they_uploaded()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        long[] uploads = [0, 0, 1, 1_048_575, 1_048_576, 3_000_000, 3_500_000];
        for (int i = 0; i < uploads.Length; i++)
        {
            await ledger.AnnounceAsync(file, $"{i}", $"203.0.113.{i}", AnnounceEvent.Started, Size);
            // It grows through the bins below.
            foreach (long part in (long[])[uploads[i] / 9, uploads[i] / 3, uploads[i]])
                await ledger.AnnounceAsync(file, $"{i}", $"203.0.113.{i}", AnnounceEvent.None, Size / 2, part);
        }
        UploadBin[] expected =
        [
            new(0, 1, 2),
            new(1, 1_048_576, 2),
            new(1_048_576, 2_097_152, 1),
            new(2_097_152, 4_194_304, 2),
        ];
        Assert.Equal(expected, (await ledger.ReportAsync()).Uploads);
        Assert.Equal(expected, (await ledger.ReportAsync("f")).Uploads);
    }
}
