using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>Peer ids that only edges have seen: libtorrent shows each connection another one than it announces.</summary>
public sealed class UnannouncedViewerTests : IAsyncDisposable
{
    private const long Size = 1_000_000;
    private const string Home = "203.0.113.7";
    private static readonly InfoHash File = InfoHash.Parse(new string('a', 40));

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distribution-ledger-");
    private readonly StateDatabase _database;
    private readonly Ledger _ledger;

    public UnannouncedViewerTests()
    {
        _database = StateDatabase.Open(Path.Combine(_folder.FullName, "state.db"));
        _ledger = new Ledger(_database, new RecentTraffic(_clock), _clock, NullLogger<Ledger>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Are_the_viewer_that_announces_from_their_address(bool announcedFirst)
    {
        await _ledger.OpenFileAsync(new LedgerFile(File, "f", "p", Size));
        if (announcedFirst)
            await AnnounceAsync("announced", AnnounceEvent.Started, Size);
        await WitnessAsync("to-one-edge", Home, 700_000);
        await WitnessAsync("to-another", Home, 600_000);
        await SendAsync(SendKind.WebSeed, "webseed/w", 700_000);
        await SendAsync(SendKind.Edge, "edge/e", 400_000);
        if (!announcedFirst)
            await AnnounceAsync("announced", AnnounceEvent.Started, Size);
        await AnnounceAsync("announced", AnnounceEvent.Completed, 0);
        await WitnessAsync("after-a-reconnection", Home, 300_000);

        SavingsReport report = await ReportAsync();

        Assert.Equal(1, report.Viewers);
        Assert.Equal(Size, report.Bytes.Delivered.High);
        Assert.Equal(1_100_000, report.Bytes.WebSeedBytes + report.Bytes.EdgeBytes);
    }

    [Fact]
    public async Task Count_by_address_while_nobody_announces()
    {
        await _ledger.OpenFileAsync(new LedgerFile(File, "f", "p", Size));
        await WitnessAsync("one", Home, 200_000);
        await WitnessAsync("one-again", Home, 300_000);
        await WitnessAsync("two", "203.0.113.8", 400_000);

        SavingsReport report = await ReportAsync();

        Assert.Equal(2, report.Viewers);
        // Nobody says that he gave them any.
        Assert.Equal(new ByteRange(0, 900_000), report.Bytes.Delivered);
    }

    private Task AnnounceAsync(string peer, AnnounceEvent announceEvent, long left) =>
        _ledger.RecordAnnounceAsync(
            File,
            ViewerAnnounce.Of(
                new SwarmAnnounce(Peer(peer), new IPEndPoint(IPAddress.Parse(Home), 6881), announceEvent, 0, 0, left, 0)
            )
        );

    private Task WitnessAsync(string peer, string address, long gained) =>
        _ledger.RecordWitnessAsync(File, [new WitnessedProgress(Peer(peer), IPAddress.Parse(address), gained)]);

    private Task SendAsync(SendKind kind, string source, long bytes)
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var counter = new SendCounter(File.ToString(), Home, kind, now - now % 3600, bytes);
        return _ledger.RecordSendsAsync(new SendReport(source, "0000000000000001", [counter]));
    }

    private Task<SavingsReport> ReportAsync() =>
        new ReportReader(_database, new PriceOptions()).ReadAsync(
            new ReportQuery(
                "p",
                "f",
                _clock.GetUtcNow().AddDays(-1),
                _clock.GetUtcNow().AddDays(1),
                ReportBucketSize.Hour
            )
        );

    private static PeerId Peer(string name) =>
        PeerId.Parse(Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name.PadRight(20, '.')[..20])));
}
