using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>Edges see most viewers some seconds after they began: what that does to the low figure.</summary>
public sealed class LateSightTests : IAsyncLifetime
{
    private const long Size = 1_000_000;
    private const string Home = "203.0.113.5";

    private LedgerHarness _ledger = null!;
    private InfoHash _file;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerHarness.StartAsync();
        _file = await _ledger.OpenFileAsync("f", Size);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_viewer_had_before_an_edge_saw_it_counts_from_the_start_that_it_told(bool announcesFirst)
    {
        if (announcesFirst)
            await AnnounceAsync(AnnounceEvent.Started, Size);
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 600_000, held: 900_000);
        if (!announcesFirst)
            await AnnounceAsync(AnnounceEvent.Started, Size);
        Assert.Equal(900_000, await LowAsync());
        await _ledger.RestartAsync();
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 700_000, held: Size);
        Assert.Equal(Size, await LowAsync());
    }

    [Fact]
    public async Task What_it_had_when_it_began_does_not_count()
    {
        await AnnounceAsync(AnnounceEvent.Started, 300_000);
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 100_000, held: Size);
        Assert.Equal(300_000, await LowAsync());
    }

    [Fact]
    public async Task A_seed_that_comes_back_counts_nothing()
    {
        await AnnounceAsync(AnnounceEvent.Started, 0);
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 0, held: Size);
        Assert.Equal(0, await LowAsync());
    }

    [Fact]
    public async Task A_magnets_start_is_not_known_of_most_clients_so_only_what_an_edge_saw_grow_counts()
    {
        await AnnounceAsync(AnnounceEvent.Started, 16384);
        await AnnounceAsync(AnnounceEvent.None, 400_000);
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 200_000, held: Size);
        Assert.Equal(200_000, await LowAsync());
    }

    [Fact]
    public async Task A_magnets_start_is_taken_of_a_client_that_leaves_out_what_it_found()
    {
        var peer = new PeerId([.. "-LT2080-"u8, .. new byte[12]]);
        IPAddress home = IPAddress.Parse(Home);
        await _ledger.Ledger.RecordAnnounceAsync(
            _file,
            new ViewerAnnounce(peer, home, AnnounceEvent.Started, 16384, 0, 0)
        );
        // 100,000 were there already.
        await _ledger.Ledger.RecordAnnounceAsync(
            _file,
            new ViewerAnnounce(peer, home, AnnounceEvent.None, 400_000, 0, 500_000)
        );
        await _ledger.Ledger.RecordWitnessAsync(_file, [new WitnessedProgress(peer, home, 200_000, Size)]);
        Assert.InRange(await LowAsync(), 899_000, 902_000);
    }

    [Fact]
    public async Task A_second_start_that_tells_what_a_client_resumes_from_is_taken()
    {
        // aria2: nothing left, then the truth.
        await AnnounceAsync(AnnounceEvent.Started, 0);
        await AnnounceAsync(AnnounceEvent.Started, 700_000);
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 100_000, held: Size);
        Assert.Equal(700_000, await LowAsync());
    }

    [Fact]
    public async Task Who_never_announced_counts_what_an_edge_saw_grow()
    {
        await _ledger.WitnessAsync(_file, "peer", Home, gained: 100_000, held: Size);
        Assert.Equal(100_000, await LowAsync());
    }

    [Fact]
    public async Task What_we_sent_beyond_what_viewers_can_hold_is_waste()
    {
        await AnnounceAsync(AnnounceEvent.Started, Size);
        await _ledger.SendAsync(_file, Home, SendKind.WebSeed, Size);
        Assert.Equal(0, (await _ledger.BytesAsync()).WasteBytes);
        await _ledger.SendAsync(_file, Home, SendKind.Edge, 70_000, source: "edge/e");
        await _ledger.SendAsync(_file, Home, SendKind.Direct, Size);
        ReportBytes bytes = await _ledger.BytesAsync();
        Assert.Equal(70_000, bytes.WasteBytes);
        Assert.Equal(2 * Size, bytes.Delivered.High);
    }

    private Task AnnounceAsync(AnnounceEvent announceEvent, long left) =>
        _ledger.AnnounceAsync(_file, "peer", Home, announceEvent, left);

    private async Task<long> LowAsync() => (await _ledger.BytesAsync()).Delivered.Low;
}
