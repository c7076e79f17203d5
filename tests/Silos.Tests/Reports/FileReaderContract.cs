using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Silos.Reports;
using Distribution.Silos.Tests.Ledgers;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

/// <summary>What single files brought, on every store of the state.</summary>
public abstract class FileReaderContract
{
    private const string Home = "203.0.113.5";

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task Files_of_a_range_are_listed_with_the_most_delivered_first_and_only_the_publishers()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync(NewStore());
        long[] sent = [300, 500, 400];
        for (int file = 0; file < sent.Length; file++)
        {
            InfoHash infoHash = await ledger.OpenFileAsync($"f{file}", 1_000_000);
            await ledger.SendAsync(infoHash, Home, SendKind.WebSeed, sent[file]);
            // Outside of the range.
            await ledger.SendAsync(infoHash, Home, SendKind.WebSeed, 9_000, hour: ledger.Hour - 48 * 3600);
        }
        await ledger.OpenFileAsync("silent", 1_000_000);
        var reader = new FileReader(ledger.Database);
        DateTimeOffset to = ledger.Clock.GetUtcNow();
        DateTimeOffset from = to.AddHours(-3);

        List<ReportFile> first = await reader.ListAsync(LedgerHarness.PublisherId, from, to, 0, 2);
        List<ReportFile> second = await reader.ListAsync(LedgerHarness.PublisherId, from, to, 2, 2);

        Assert.Equal(["f1", "f2"], first.Select(static file => file.FileId));
        Assert.Equal("f0", Assert.Single(second).FileId);
        Assert.Equal([500L, 400L], first.Select(static file => file.Bytes.WebSeedBytes));
        Assert.Empty(await reader.ListAsync("somebody else", from, to, 0, 2));

        List<ReportFile> some = await reader.ReadAsync(
            LedgerHarness.PublisherId,
            ["f0", "silent", "nowhere"],
            from,
            to
        );

        Assert.Equal(("f0", 300L), (Assert.Single(some).FileId, some[0].Bytes.WebSeedBytes));
        Assert.Empty(await reader.ReadAsync("somebody else", ["f0"], from, to));
    }
}
