using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>
/// Twenty viewers of which four lie, one kind at a time. Sixteen honest ones get the file: four tenths from the web seed, two from an edge,
/// the rest from each other. The effects are those of docs/accounting.md's table of attacks.
/// </summary>
public sealed class LiarTests : IAsyncLifetime
{
    private const long Size = 10_000_000;
    private const int Honest = 16;
    private const int Liars = 4;
    private const long Truth = Honest * Size;

    private LedgerHarness _ledger = null!;
    private InfoHash _file;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerHarness.StartAsync();
        _file = await _ledger.OpenFileAsync("f", Size, othersGive: false);
        await LetHonestViewersComeAsync();
    }

    private async Task LetHonestViewersComeAsync()
    {
        for (int i = 0; i < Honest; i++)
        {
            (string peer, string address) = ($"honest-{i}", $"203.0.113.{i}");
            await AnnounceAsync(peer, address, AnnounceEvent.Started, Size);
            await _ledger.SendAsync(_file, address, SendKind.WebSeed, Size * 4 / 10);
            await _ledger.SendAsync(_file, address, SendKind.Edge, Size * 2 / 10, source: "edge/e");
            // The edge came late.
            await _ledger.WitnessAsync(_file, peer, address, gained: Size * 8 / 10, held: Size);
            await AnnounceAsync(peer, address, AnnounceEvent.Completed, 0, uploaded: Size * 4 / 10);
        }
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Without_liars_both_bounds_are_the_truth()
    {
        ReportBytes bytes = await _ledger.BytesAsync();
        Assert.Equal(new ByteRange(Truth, Truth), bytes.Delivered);
        Assert.Equal(0.4, bytes.Offload.High, 6);
    }

    [Fact]
    public async Task Completions_that_never_were_raise_high_by_the_size_each()
    {
        await EachAsync(
            async (peer, address) =>
            {
                await AnnounceAsync(peer, address, AnnounceEvent.Started, Size);
                await AnnounceAsync(peer, address, AnnounceEvent.Completed, 0);
            }
        );
        Assert.Equal(new ByteRange(Truth, Truth + Liars * Size), await DeliveredAsync());
    }

    [Fact]
    public async Task Announces_said_again_in_any_order_change_nothing()
    {
        await EachAsync(
            async (peer, address) =>
            {
                await AnnounceAsync(peer, address, AnnounceEvent.Started, 0);
                for (int i = 0; i < 10; i++)
                {
                    await AnnounceAsync("honest-3", "203.0.113.3", AnnounceEvent.Completed, 0);
                    await AnnounceAsync("honest-3", "203.0.113.3", AnnounceEvent.Started, Size);
                }
            }
        );
        Assert.Equal(new ByteRange(Truth, Truth), await DeliveredAsync());
    }

    [Fact]
    public async Task Counters_that_are_inflated_and_reset_count_the_size_once()
    {
        await EachAsync(
            async (peer, address) =>
            {
                await AnnounceAsync(peer, address, AnnounceEvent.Started, Size);
                for (int i = 0; i < 10; i++)
                {
                    await AnnounceAsync(peer, address, AnnounceEvent.None, 0, uploaded: 1L << 50);
                    await AnnounceAsync(peer, address, AnnounceEvent.None, Size * 100);
                    await AnnounceAsync(peer, address, AnnounceEvent.None, Size);
                }
            }
        );
        SavingsReport report = await _ledger.ReportAsync();
        Assert.Equal(new ByteRange(Truth, Truth + Liars * Size), report.Bytes.Delivered);
        Assert.Contains(
            report.Anomalies,
            static one => one.Kind == AnnounceAnomalies.UploadAboveLine && one.Viewers == Liars
        );
    }

    [Fact]
    public async Task Many_names_behind_an_address_raise_high_by_the_size_each()
    {
        const int names = 25;
        await EachAsync(
            async (peer, address) =>
            {
                for (int i = 0; i < names; i++)
                {
                    await AnnounceAsync($"{peer}-{i}", address, AnnounceEvent.Started, Size);
                    await AnnounceAsync($"{peer}-{i}", address, AnnounceEvent.Completed, 0);
                }
            }
        );
        Assert.Equal(new ByteRange(Truth, Truth + Liars * names * Size), await DeliveredAsync());
    }

    [Fact]
    public async Task Pieces_claimed_to_an_edge_raise_high_by_the_size_each()
    {
        await EachAsync((peer, address) => _ledger.WitnessAsync(_file, peer, address, gained: Size, held: Size));
        Assert.Equal(new ByteRange(Truth, Truth + Liars * Size), await DeliveredAsync());
    }

    [Fact]
    public async Task Who_has_the_file_and_says_that_it_begins_raises_high_by_the_size_each()
    {
        await EachAsync(BeginWithAllAsync);
        Assert.Equal(new ByteRange(Truth, Truth + Liars * Size), await DeliveredAsync());
    }

    [Fact]
    public async Task Liars_that_come_before_the_honest_ones_leave_low_at_or_below_the_truth()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        (_ledger, LedgerHarness honestFirst) = (ledger, _ledger);
        _file = await ledger.OpenFileAsync("f", Size, othersGive: false);
        await EachAsync(BeginWithAllAsync);
        Assert.Equal(0, (await DeliveredAsync()).Low);
        await LetHonestViewersComeAsync();
        // A sixteenth of what peers gave is held back, as clients say a little more than arrived.
        Assert.InRange((await DeliveredAsync()).Low, Truth - Truth * 4 / 10 / 16, Truth);
        _ledger = honestFirst;
    }

    [Fact]
    public async Task Upload_that_never_was_raises_nothing_that_was_delivered()
    {
        await EachAsync(
            async (peer, address) =>
            {
                await AnnounceAsync(peer, address, AnnounceEvent.Started, Size);
                await AnnounceAsync(peer, address, AnnounceEvent.None, Size, uploaded: 1000 * Size);
            }
        );
        Assert.Equal(new ByteRange(Truth, Truth), await DeliveredAsync());
    }

    [Fact]
    public async Task Liars_that_have_the_file_and_others_that_say_they_gave_it_raise_low_together()
    {
        await EachAsync(BeginWithAllAsync);
        // It has the file as well, so nothing of what it says is impossible.
        await AnnounceAsync("giver", "192.0.2.1", AnnounceEvent.Started, 0);
        await AnnounceAsync("giver", "192.0.2.1", AnnounceEvent.None, 0, uploaded: Liars * Size);
        Assert.Equal(new ByteRange(Truth + Liars * Size, Truth + Liars * Size), await DeliveredAsync());
    }

    /// <summary>Whatever is told beyond what was shown, and the other way round, adds nothing.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task What_liars_together_add_to_low_is_at_most_the_smaller_of_both_lies(double claimedSizes)
    {
        long claimed = (long)(claimedSizes * Liars * Size);
        await EachAsync(BeginWithAllAsync);
        await AnnounceAsync("giver", "192.0.2.1", AnnounceEvent.Started, 0);
        await AnnounceAsync("giver", "192.0.2.1", AnnounceEvent.None, 0, uploaded: claimed);
        Assert.InRange((await DeliveredAsync()).Low, Truth, Truth + Math.Min(Liars * Size, claimed));
    }

    [Fact]
    public async Task Who_takes_from_us_and_throws_it_away_takes_from_the_peers_share()
    {
        await EachAsync(
            async (peer, address) =>
            {
                await AnnounceAsync(peer, address, AnnounceEvent.Started, Size);
                await _ledger.SendAsync(_file, address, SendKind.WebSeed, 3 * Size);
            }
        );
        ReportBytes bytes = await _ledger.BytesAsync();
        Assert.Equal(new ByteRange(Truth + Liars * Size, Truth + Liars * Size), bytes.Delivered);
        Assert.Equal(Liars * 2 * Size, bytes.WasteBytes);
        // 64 million were from peers, less 80 million in vain.
        Assert.Equal(new ByteRange(0, 0), bytes.PeerBytes);
    }

    private async Task BeginWithAllAsync(string peer, string address)
    {
        await AnnounceAsync(peer, address, AnnounceEvent.Started, Size);
        await _ledger.WitnessAsync(_file, peer, address, gained: 0, held: Size);
    }

    private async Task EachAsync(Func<string, string, Task> lie)
    {
        for (int i = 0; i < Liars; i++)
            await lie($"liar-{i}", $"198.51.100.{i}");
    }

    private Task AnnounceAsync(
        string peer,
        string address,
        AnnounceEvent announceEvent,
        long left,
        long uploaded = 0
    ) => _ledger.AnnounceAsync(_file, peer, address, announceEvent, left, uploaded);

    private async Task<ByteRange> DeliveredAsync() => (await _ledger.BytesAsync()).Delivered;
}
