using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>What the ledger does, on every store of the state.</summary>
public abstract class LedgerContract : IAsyncLifetime
{
    private const long Size = 1_000_000;
    private const string Home = "203.0.113.5";

    private LedgerHarness _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await LedgerHarness.StartAsync(NewStore());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _ledger?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task A_counter_said_again_after_a_restart_counts_once()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 400_000);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 400_000);
        await _ledger.RestartAsync();
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 300_000);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 500_000);

        ReportBytes bytes = await _ledger.BytesAsync();

        Assert.Equal(500_000, bytes.WebSeedBytes);
        Assert.Equal(new ByteRange(500_000, 500_000), bytes.Delivered);
        Assert.Equal(new ByteRange(0, 0), bytes.PeerBytes);
    }

    [Fact]
    public async Task Epochs_and_sources_and_hours_add_up()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 100);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 20, epoch: "0000000000000002");
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 3, source: "webseed/b");
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 4000, hour: _ledger.Hour - 3600);

        SavingsReport report = await _ledger.ReportAsync();

        Assert.Equal(4123, report.Bytes.WebSeedBytes);
        Assert.Equal([4000L, 123L], report.Buckets.Select(static bucket => bucket.Bytes.WebSeedBytes));
    }

    [Fact]
    public async Task A_counter_of_the_future_is_booked_now()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 100, hour: _ledger.Hour + 36_000);

        SavingsReport report = await _ledger.ReportAsync();

        Assert.Equal(_ledger.Hour, Assert.Single(report.Buckets).Start.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task What_peers_gave_is_what_is_missing_from_our_own()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 300_000);
        await _ledger.SendAsync(file, Home, SendKind.Edge, 200_000, source: "edge/e");
        await _ledger.WitnessAsync(file, "peer", Home, 800_000);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Completed, 0);

        ReportBytes bytes = await _ledger.BytesAsync();

        Assert.Equal(new ByteRange(800_000, 1_000_000), bytes.Delivered);
        Assert.Equal(new ByteRange(300_000, 500_000), bytes.PeerBytes);
        Assert.Equal(0.5, bytes.Offload.High);
    }

    [Fact]
    public async Task The_plain_link_and_the_edges_fill_are_lines_of_their_own()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, Home, SendKind.Direct, 2 * Size);
        await _ledger.SendAsync(file, "198.51.100.1", SendKind.EdgeFill, 77, source: "edge/e");

        SavingsReport report = await _ledger.ReportAsync();

        Assert.Equal(new ByteRange(2 * Size, 2 * Size), report.Bytes.Delivered);
        Assert.Equal(2 * Size, report.Bytes.WebSeedBytes);
        Assert.Equal(2 * Size, report.Bytes.DirectBytes);
        Assert.Equal(77, report.Bytes.EdgeFillBytes);
        Assert.Equal(1, report.Viewers);
    }

    [Fact]
    public async Task Aborted_ranges_are_no_delivery()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, Size + 250_000);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Completed, 0);

        ReportBytes bytes = await _ledger.BytesAsync();

        Assert.Equal(new ByteRange(Size, Size), bytes.Delivered);
        Assert.Equal(Size + 250_000, bytes.WebSeedBytes);
        Assert.Equal(new ByteRange(0, 0), bytes.PeerBytes);
    }

    [Fact]
    public async Task A_second_viewer_at_an_address_raises_its_cap()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "one", Home, AnnounceEvent.Started, Size);
        await _ledger.AnnounceAsync(file, "two", Home, AnnounceEvent.Started, Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 3 * Size);

        Assert.Equal(new ByteRange(2 * Size, 2 * Size), (await _ledger.BytesAsync()).Delivered);
    }

    [Fact]
    public async Task A_client_that_changes_its_id_with_the_metadata_is_one_viewer_in_the_cap()
    {
        // Transmission 3.00 does.
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "before", Home, AnnounceEvent.Started, long.MaxValue);
        await _ledger.AnnounceAsync(file, "after", Home, AnnounceEvent.Started, Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 2 * Size);

        Assert.Equal(new ByteRange(Size, Size), (await _ledger.BytesAsync()).Delivered);
    }

    [Fact]
    public async Task A_viewer_that_becomes_known_later_takes_nothing_back()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, Size + 100);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size);
        Assert.Equal(Size + 100, (await _ledger.BytesAsync()).Delivered.Low);

        await _ledger.SendAsync(file, Home, SendKind.WebSeed, Size + 200);
        Assert.Equal(Size + 100, (await _ledger.BytesAsync()).Delivered.Low);
    }

    [Fact]
    public async Task IPv4_and_IPv6_of_one_viewer_count_once()
    {
        const string six = "2001:db8:1:2::7";
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size);
        await _ledger.AnnounceAsync(file, "peer", six, AnnounceEvent.Started, Size);
        // Another address of the same /64, as privacy extensions make them.
        await _ledger.SendAsync(file, "2001:db8:1:2::8", SendKind.WebSeed, 600_000);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Completed, 0);
        await _ledger.AnnounceAsync(file, "peer", six, AnnounceEvent.Completed, 0);

        SavingsReport report = await _ledger.ReportAsync();

        Assert.Equal(new ByteRange(600_000, Size), report.Bytes.Delivered);
        Assert.Equal(new ByteRange(0, 400_000), report.Bytes.PeerBytes);
        Assert.Equal(1, report.Viewers);
    }

    [Fact]
    public async Task Two_addresses_with_bytes_become_one_household_and_keep_what_is_booked()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, "198.51.100.1", SendKind.WebSeed, 300_000);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 200_000);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size);
        await _ledger.AnnounceAsync(file, "peer", "198.51.100.1", AnnounceEvent.None, 500_000);

        SavingsReport report = await _ledger.ReportAsync();
        Assert.Equal(new ByteRange(500_000, 500_000), report.Bytes.Delivered);
        Assert.Equal(1, report.Viewers);

        await _ledger.AnnounceAsync(file, "peer", "198.51.100.1", AnnounceEvent.Completed, 0);
        Assert.Equal(new ByteRange(500_000, Size), (await _ledger.BytesAsync()).Delivered);
    }

    [Fact]
    public async Task Several_edges_that_see_one_peer_count_once()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.WitnessAsync(file, "peer", Home, 400_000);
        await _ledger.WitnessAsync(file, "peer", Home, 300_000);
        await _ledger.WitnessAsync(file, "peer", Home, 400_000);
        await _ledger.WitnessAsync(file, "peer", Home, 5 * Size);

        Assert.Equal(new ByteRange(Size, Size), (await _ledger.BytesAsync()).Delivered);
    }

    [Fact]
    public async Task Completed_is_counted_once_a_viewer_and_survives_a_restart()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "one", Home, AnnounceEvent.Started, Size);
        await _ledger.AnnounceAsync(file, "one", Home, AnnounceEvent.Completed, 0);
        await _ledger.RestartAsync();
        await _ledger.AnnounceAsync(file, "one", Home, AnnounceEvent.Completed, 0);
        await _ledger.AnnounceAsync(file, "two", Home, AnnounceEvent.Started, Size);
        BookedViewer? two = await _ledger.AnnounceAsync(file, "two", Home, AnnounceEvent.Completed, 0);
        // Nobody has seen it with anything left.
        await _ledger.AnnounceAsync(file, "three", Home, AnnounceEvent.Completed, 0);

        Assert.Equal(2, two!.Value.FileCompleted);
        Assert.Equal(2, await _ledger.Ledger.ReadCompletedAsync(file));
    }

    [Fact]
    public async Task An_announce_that_changes_nothing_is_known_before_the_disk()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        BookedViewer viewer = (await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size))!.Value;

        Assert.False(_ledger.Ledger.Changes(viewer, ViewerSessionTests.Started(Size), Size));
        Assert.False(_ledger.Ledger.Changes(viewer, ViewerSessionTests.Regular(Size), Size));
        Assert.True(_ledger.Ledger.Changes(viewer, ViewerSessionTests.Regular(Size - 1), Size));
    }

    [Fact]
    public async Task Peer_ids_that_only_edges_see_are_no_viewers_beside_one_that_announced()
    {
        // libtorrent shows each connection an id of its own.
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "told the tracker", Home, AnnounceEvent.Started, Size);
        await _ledger.WitnessAsync(file, "told edge 1", Home, Size);
        await _ledger.WitnessAsync(file, "told edge 2", Home, Size);
        await _ledger.SendAsync(file, Home, SendKind.Edge, Size, source: "edge/e");
        await _ledger.AnnounceAsync(file, "told the tracker", Home, AnnounceEvent.Completed, 0);

        SavingsReport report = await _ledger.ReportAsync();

        Assert.Equal(1, report.Viewers);
        Assert.Equal(new ByteRange(Size, Size), report.Bytes.Delivered);
    }

    [Fact]
    public async Task Viewers_are_peers_where_known_and_addresses_elsewhere()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, "198.51.100.1", SendKind.Direct, 10);
        await _ledger.AnnounceAsync(file, "giver", Home, AnnounceEvent.Started, Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 10);
        await _ledger.AnnounceAsync(file, "giver", Home, AnnounceEvent.Completed, 0, uploaded: 500);
        await _ledger.AnnounceAsync(file, "taker", "198.51.100.2", AnnounceEvent.Started, Size);
        await _ledger.AnnounceAsync(file, "taker", "198.51.100.2", AnnounceEvent.None, 10);
        await _ledger.AnnounceAsync(file, "idle", "198.51.100.3", AnnounceEvent.Started, Size);

        SavingsReport report = await _ledger.ReportAsync();

        Assert.Equal(3, report.Viewers);
        Assert.Equal(2, report.DownloadOnlyViewers);
        Assert.Equal(500, report.Bytes.ViewerUploadBytes);
    }

    [Fact]
    public async Task Bytes_of_a_file_that_is_not_known_yet_wait_for_it()
    {
        await _ledger.SendAsync(LedgerHarness.HashOf("f"), Home, SendKind.WebSeed, 100);
        Assert.Equal(0, (await _ledger.BytesAsync()).WebSeedBytes);

        await _ledger.OpenFileAsync("f", Size);
        await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(LedgerHarness.HashOf("f"), Home, SendKind.WebSeed, 150);

        Assert.Equal(150, (await _ledger.BytesAsync("f")).WebSeedBytes);
    }

    [Fact]
    public async Task The_same_content_as_another_file_has_accounts_of_its_own()
    {
        InfoHash hash = LedgerHarness.HashOf("f");
        await _ledger.Ledger.OpenFileAsync(new LedgerFile(hash, "old", LedgerHarness.PublisherId, Size));
        await _ledger.SendAsync(hash, Home, SendKind.WebSeed, 100);
        await _ledger.Ledger.OpenFileAsync(new LedgerFile(hash, "new", LedgerHarness.PublisherId, Size));
        await _ledger.SendAsync(hash, Home, SendKind.WebSeed, 150, epoch: "0000000000000002");

        Assert.Equal(100, (await _ledger.BytesAsync("old")).WebSeedBytes);
        Assert.Equal(150, (await _ledger.BytesAsync("new")).WebSeedBytes);
        Assert.Equal([new SwarmOpening(hash, null, true, 2)], (await _ledger.Ledger.ReadOpenFilesAsync()).Open);
    }

    [Fact]
    public async Task Faulty_counters_are_skipped_and_the_rest_is_booked()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        string hash = file.ToString();
        await _ledger.Ledger.RecordSendsAsync(
            new SendReport(
                "webseed/a",
                "0000000000000001",
                [
                    new SendCounter("zz", Home, SendKind.WebSeed, 0, 1),
                    new SendCounter(hash, "nowhere", SendKind.WebSeed, 0, 1),
                    new SendCounter(hash, Home, (SendKind)9, 0, 1),
                    new SendCounter(hash, Home, SendKind.WebSeed, 5, 1),
                    new SendCounter(hash, Home, SendKind.WebSeed, 0, -1),
                    new SendCounter(hash, Home, SendKind.WebSeed, 0, long.MaxValue),
                    new SendCounter(hash, Home, SendKind.WebSeed, _ledger.Hour, 42),
                ]
            )
        );

        Assert.Equal(42, (await _ledger.BytesAsync()).WebSeedBytes);
    }

    [Fact]
    public async Task A_day_is_the_sum_of_its_hours_and_money_follows_from_bytes()
    {
        const long gigabyte = 1_000_000_000;
        InfoHash file = await _ledger.OpenFileAsync("f", 10 * gigabyte);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, 10 * gigabyte);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 2 * gigabyte);
        _ledger.Clock.Advance(TimeSpan.FromHours(1));
        await _ledger.SendAsync(file, Home, SendKind.Edge, 3 * gigabyte, source: "edge/e");
        await _ledger.SendAsync(file, "198.51.100.1", SendKind.EdgeFill, gigabyte, source: "edge/e");
        _ledger.Clock.Advance(TimeSpan.FromHours(24));
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Completed, 0, uploaded: 0);

        SavingsReport days = await _ledger.ReportAsync(bucket: ReportBucketSize.Day);
        SavingsReport hours = await _ledger.ReportAsync();

        Assert.Equal(2, days.Buckets.Count);
        Assert.Equal(3, hours.Buckets.Count);
        Assert.Equal(new ByteRange(5 * gigabyte, 5 * gigabyte), days.Buckets[0].Bytes.Delivered);
        Assert.Equal(new ByteRange(0, 5 * gigabyte), days.Buckets[1].Bytes.Delivered);
        Assert.Equal(10 * gigabyte, hours.Bytes.Delivered.High);
        // 0.02 a GB: 10 GB had the CDN sent all; 2 GB sent, 1 GB filled, and 3 GB of an edge at 0.005.
        Assert.Equal(0.2m, hours.Cost.CdnOnly);
        Assert.Equal(0.075m, hours.Cost.Actual);
        Assert.Equal(new MoneyRange(0.025m, 0.125m), hours.Cost.Saved);
    }

    [Fact]
    public async Task A_range_of_a_report_is_taken_to_full_hours()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 100);
        var reader = new Silos.Reports.ReportReader(_ledger.Database, new Silos.Reports.PriceOptions());
        DateTimeOffset now = _ledger.Clock.GetUtcNow();

        SavingsReport inside = await reader.ReadAsync(
            new ReportQuery(LedgerHarness.PublisherId, null, now, now.AddSeconds(1), ReportBucketSize.Hour)
        );
        SavingsReport other = await reader.ReadAsync(
            new ReportQuery("somebody-else", null, now, now.AddSeconds(1), ReportBucketSize.Hour)
        );

        Assert.Equal(100, inside.Bytes.WebSeedBytes);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero), inside.To);
        Assert.Equal(0, other.Bytes.WebSeedBytes);
        Assert.Empty(other.Buckets);
    }

    [Fact]
    public async Task Recent_traffic_has_rates()
    {
        InfoHash file = await _ledger.OpenFileAsync("f", Size);
        await _ledger.AnnounceAsync(file, "peer", Home, AnnounceEvent.Started, Size);
        await _ledger.SendAsync(file, Home, SendKind.WebSeed, 100_000);
        await _ledger.SendAsync(file, Home, SendKind.Edge, 50_000, source: "edge/e");
        await _ledger.WitnessAsync(file, "peer", Home, 210_000);

        Silos.Traffic.TrafficRates rates = _ledger.Traffic.RatesOf(file);
        Assert.Equal(new Silos.Traffic.TrafficRates(10_000, 5_000, 1_000), rates);

        _ledger.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(new Silos.Traffic.TrafficRates(0, 0, 1_000), _ledger.Traffic.RatesOf(file));
        _ledger.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(default, _ledger.Traffic.RatesOf(file));
    }

    [Fact]
    public async Task Another_silo_reads_what_was_opened_and_closed_since()
    {
        await _ledger.OpenFileAsync("before", Size);
        (List<SwarmOpening> open, long revision) = await _ledger.Ledger.ReadOpenFilesAsync();
        Assert.Equal(LedgerHarness.HashOf("before"), Assert.Single(open).InfoHash);
        Assert.Empty(await _ledger.Ledger.ReadOpeningsAsync(revision));

        await _ledger.OpenFileAsync("after", Size);
        await _ledger.Ledger.CloseFileAsync(LedgerHarness.HashOf("before"));
        // Said again by a caller that got no answer: no news.
        await _ledger.Ledger.CloseFileAsync(LedgerHarness.HashOf("before"));

        Assert.Equal(
            [
                new SwarmOpening(LedgerHarness.HashOf("after"), null, true, revision + 1),
                new SwarmOpening(LedgerHarness.HashOf("before"), null, false, revision + 2),
            ],
            await _ledger.Ledger.ReadOpeningsAsync(revision)
        );
    }
}
