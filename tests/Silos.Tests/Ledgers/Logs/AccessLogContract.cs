using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Logs;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Ledgers.Logs;
using Distribution.Silos.Tests.Ledgers.Chain;
using Distribution.Silos.Tests.State;
using Distribution.Tests.Shared;

namespace Distribution.Silos.Tests.Ledgers.Logs;

/// <summary>What a CDN's logs make of the ledger, on every store of the state.</summary>
public abstract class AccessLogContract : IAsyncLifetime
{
    private const long Size = 1_000_000;
    private const string Home = "203.0.113.5";

    private ChainHarness _chain = null!;
    private InfoHash _file;

    private LedgerHarness Ledger => _chain.Ledger;

    public async ValueTask InitializeAsync()
    {
        _chain = await ChainHarness.StartAsync(NewStore());
        _file = await Ledger.OpenFileAsync("f", Size);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _chain?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task What_a_CDN_sent_is_not_the_peers()
    {
        await Ledger.AnnounceAsync(_file, "peer", Home, AnnounceEvent.Started, Size);
        await Ledger.SendAsync(_file, Home, SendKind.WebSeed, 100_000);
        await Ledger.AnnounceAsync(_file, "peer", Home, AnnounceEvent.Completed, 0);
        Assert.Equal(900_000, (await Ledger.BytesAsync()).PeerBytes.High);

        Assert.True(await BookAsync(0, 100, Count(Home, 400_000), Count(Home, 200_000, hours: -1)));

        SavingsReport report = await Ledger.ReportAsync();
        Assert.Equal(600_000, report.Bytes.CdnBytes);
        Assert.Equal(700_000, report.Bytes.OwnBytes);
        Assert.Equal(new ByteRange(700_000, Size), report.Bytes.Delivered);
        Assert.Equal(new ByteRange(0, 300_000), report.Bytes.PeerBytes);
        Assert.Equal([200_000L, 400_000L], report.Buckets.Select(static bucket => bucket.Bytes.CdnBytes));
        Assert.Equal(1, report.Viewers);
        // Priced as the CDN's traffic: 0.02 a gigabyte.
        Assert.Equal(700_000 * 0.02m / 1_000_000_000, report.Statement.High.WithPeers.Total);
    }

    [Fact]
    public async Task A_batch_counts_once_and_only_where_the_log_stands()
    {
        Assert.True(await BookAsync(0, 100, Count(Home, 10)));
        Assert.False(await BookAsync(0, 100, Count(Home, 10)));
        Assert.False(await BookAsync(50, 150, Count(Home, 10)));
        await _chain.RestartAsync();
        Assert.False(await BookAsync(0, 200, Count(Home, 10)));
        Assert.True(await BookAsync(100, 150, Count(Home, 7)));
        // Two servers that read one folder.
        bool[] both = await Task.WhenAll(BookAsync(150, 160, Count(Home, 5)), BookAsync(150, 160, Count(Home, 5)));
        Assert.Single(both, static booked => booked);

        Assert.Equal(22, (await Ledger.BytesAsync()).CdnBytes);
        LogState log = Assert.Single(await Logs.ListAsync(10));
        Assert.Equal((160, 3, 3, 22), (log.ReadBytes, log.Lines, log.Counted, log.CdnBytes));
        Assert.Equal(log, await Logs.FindAsync(log.FirstLine));
    }

    [Fact]
    public async Task Lines_of_no_file_and_without_an_address_are_told_apart()
    {
        await Ledger.AnnounceAsync(_file, "peer", Home, AnnounceEvent.Started, Size);
        await Ledger.AnnounceAsync(_file, "peer", Home, AnnounceEvent.Completed, 0);
        Assert.True(await BookAsync(0, 9, Count(null, 300_000), new LogCount("none", Home, Ledger.Hour, 5, 4)));

        ReportBytes bytes = await Ledger.BytesAsync();
        Assert.Equal(300_000, bytes.CdnBytes);
        // Nobody is credited with it, and the peers lose it.
        Assert.Equal(new ByteRange(0, Size), bytes.Delivered);
        Assert.Equal(new ByteRange(0, 700_000), bytes.PeerBytes);
        LogState log = Assert.Single(await Logs.ListAsync(10));
        Assert.Equal((1, 4), (log.Counted, log.Unknown));
    }

    [Fact]
    public async Task A_crash_between_two_batches_loses_and_doubles_nothing()
    {
        var chance = new Random(3);
        long expected = 0;
        long offset = 0;
        for (int i = 0; i < 40; i++)
        {
            long next = offset + chance.Next(1, 1000);
            long bytes = chance.Next(1, 1000);
            await BookAsync(offset, next, Count($"203.0.113.{chance.Next(1, 9)}", bytes));
            expected += bytes;
            if (chance.Next(3) == 0)
                await _chain.RestartAsync();
            // Whoever did not hear the answer looks where the log stands.
            LogState log = (await Logs.FindAsync(FirstLine))!;
            Assert.Equal(next, log.ReadBytes);
            offset = log.ReadBytes;
        }
        Assert.Equal(expected, (await Ledger.BytesAsync()).CdnBytes);
    }

    [Fact]
    public async Task The_chain_has_it_and_both_verifiers_agree()
    {
        await Ledger.AnnounceAsync(_file, "peer", Home, AnnounceEvent.Started, Size);
        await BookAsync(0, 100, Count(Home, Size + 50_000), Count(null, 1000));
        await Ledger.SendAsync(_file, "0.0.0.0", SendKind.EdgeOverhead, 77, source: "edge/e");
        await Ledger.SendAsync(_file, "0.0.0.0", SendKind.EdgeMetadata, 88, source: "edge/e");
        await _chain.Chain.CloseAsync(openHourToo: true);
        await BookAsync(100, 200, Count(Home, 3, hours: -5));

        string export = await _chain.ExportAsync();

        (ChainFault? fault, ChainSummary summary) = await ChainHarness.VerifyAsync(export);
        Assert.Null(fault);
        Assert.Equal(
            (Size + 51_003, 88, 77, 50_003),
            (summary.Totals.Cdn, summary.Totals.EdgeMetadata, summary.Totals.EdgeOverhead, summary.Totals.Waste)
        );
        await _chain.AssertReportsAgreeAsync(export, files: "f");
        ToolResult python = await ChainHarness.PythonAsync(export);
        Assert.True(python.ExitCode == 0, python.All);
        Assert.Contains($"\"cdn\": {Size + 51_003}", python.All, StringComparison.Ordinal);
        // One digit of what a CDN sent.
        string changed = export.Replace("\"cdn\":3,", "\"cdn\":4,", StringComparison.Ordinal);
        Assert.NotNull((await ChainHarness.VerifyAsync(changed)).Fault?.Sequence);
    }

    private static string FirstLine => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("first")));

    private AccessLogs Logs => new(_chain.Database, Ledger.Traffic, Ledger.Clock);

    private LogCount Count(string? address, long bytes, int hours = 0) =>
        new("f", address, Ledger.Hour + hours * 3600, bytes, 1);

    private Task<bool> BookAsync(long from, long to, params LogCount[] counts) =>
        Logs.BookAsync(
            new LogBatch
            {
                FirstLine = FirstLine,
                Name = "access.log",
                FromOffset = from,
                ToOffset = to,
                ToHash = FirstLine,
                Lines = counts.Sum(static count => count.Lines),
                Counts = counts,
            }
        );
}
