using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Accounts;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.State;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Chain;

/// <summary>What the chain holds, on every store of the state.</summary>
public abstract class ChainContract : IAsyncLifetime
{
    private const long Size = 1_000_000;
    private const string Home = "203.0.113.5";
    private const string Neighbour = "198.51.100.7";

    /// <summary>Tiers that the files of these tests reach; letters that JSON and the export escape.</summary>
    private static readonly byte[] Tiers =
        """
        {
          "id": "small-tiers",
          "name": "Kleine \"Stufen\" für Prüfungen \\",
          "currency": "EUR",
          "gigabyteBytes": 1000000000,
          "terms": [{ "traffic": [{ "plan": "graduated", "tiers": [{ "upTo": 0.00000025, "perGigabyte": 500000 }, { "perGigabyte": 32100 }] }] }]
        }
        """u8.ToArray();

    private ITestStore _store = null!;
    private ChainHarness _chain = null!;

    private LedgerHarness Ledger => _chain.Ledger;

    public async ValueTask InitializeAsync() => _chain = await ChainHarness.StartAsync(_store = NewStore());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _chain?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task An_hour_is_closed_once_and_what_comes_late_is_an_entry_of_its_own()
    {
        InfoHash file = await Ledger.OpenFileAsync("f", Size);
        long hour = Ledger.Hour;
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1000);
        await Ledger.SendAsync(file, Home, SendKind.Direct, 30);
        await _chain.Chain.CloseAsync(openHourToo: false);
        // Over, but not long enough.
        Ledger.Clock.Advance(TimeSpan.FromMinutes(52));
        await _chain.Chain.CloseAsync(openHourToo: false);
        Assert.Equal(2, await CountAsync());
        Ledger.Clock.Advance(TimeSpan.FromMinutes(4));
        await _chain.Chain.CloseAsync(openHourToo: false);
        await _chain.Chain.CloseAsync(openHourToo: false);
        Assert.Equal(4, await CountAsync());

        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1200, hour: hour);
        await _chain.Chain.CloseAsync(openHourToo: false);
        string export = await _chain.ExportAsync();

        Assert.Equal(
            [
                (hour, false, new ChainFigures(1030, 1030, 1000, 30, 0, 0, 0), 1),
                (hour, true, new ChainFigures(200, 200, 200, 0, 0, 0, 0), 0),
            ],
            ChainHarness
                .HoursOf(export)
                .Select(static entry => (entry.HourStart, entry.IsLate, entry.Figures, entry.Viewers.Count))
        );
        await _chain.AssertReportsAgreeAsync(export, files: "f");
    }

    [Fact]
    public async Task An_export_has_the_open_hour_and_grows_by_what_is_booked_since()
    {
        InfoHash file = await Ledger.OpenFileAsync("f", Size);
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1000);
        string first = await _chain.ExportAsync();
        string again = await _chain.ExportAsync();
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1500);
        string second = await _chain.ExportAsync();

        Assert.Equal(Entries(first), Entries(again));
        Assert.StartsWith(Entries(first), second, StringComparison.Ordinal);
        Assert.Equal(
            [(1000L, false), (500L, false)],
            ChainHarness.HoursOf(second).Select(static entry => (entry.Figures.WebSeed, entry.IsLate))
        );
        await _chain.AssertReportsAgreeAsync(second, files: "f");
    }

    [Fact]
    public async Task Any_range_of_a_busy_ledger_can_be_recomputed()
    {
        await UseAsync(closes: true);

        string export = await _chain.ExportAsync();

        long end = Ledger.Hour + 3600;
        await _chain.AssertReportsAgreeAsync(export, files: ["one", "two"]);
        for (long from = end - 6 * 3600; from < end; from += 3600)
            await _chain.AssertReportsAgreeAsync(export, from, end - 3600, "one", "two");
        // Neither who was there nor where.
        foreach (string secret in (string[])[Home, Neighbour, "203.0.113", Peer("a"), Peer("b")])
            Assert.DoesNotContain(secret, export, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What a month had before the range moves the range into dearer or cheaper tiers, and a minimum is shared among files.</summary>
    [Fact]
    public async Task Bills_under_a_contract_can_be_recomputed()
    {
        Assert.True(
            ContractDocument.TryParse(
                Tiers,
                "contract",
                out ContractDocument? contract,
                out IReadOnlyList<string> wrong
            ),
            string.Join(' ', wrong)
        );
        _chain.Prices.Contract = contract;
        await UseAsync(closes: true);

        string export = await _chain.ExportAsync();

        long end = Ledger.Hour + 3600;
        await _chain.AssertReportsAgreeAsync(export, files: ["one", "two"]);
        for (long from = end - 6 * 3600; from < end; from += 3600)
            await _chain.AssertReportsAgreeAsync(export, from, end - 3600, "one", "two");
    }

    /// <summary>The export carries it: the server's prices would give another bill.</summary>
    [Fact]
    public async Task Bills_under_a_publishers_own_contract_can_be_recomputed()
    {
        await SetContractAsync(LedgerHarness.PublisherId, Encoding.UTF8.GetString(Tiers));
        await SetContractAsync("without-files", Encoding.UTF8.GetString(Tiers));
        await UseAsync(closes: true);

        string export = await _chain.ExportAsync();

        await _chain.AssertReportsAgreeAsync(export, files: ["one", "two"]);
        Assert.Contains("small-tiers", export, StringComparison.Ordinal);
        Assert.DoesNotContain("without-files", export, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contracts_beyond_what_a_line_holds_are_named_and_the_others_are_told()
    {
        string notes = string.Join(',', Enumerable.Repeat($"\"{new string('ü', 1000)}\"", 20));
        string large = Encoding
            .UTF8.GetString(Tiers)
            .Replace("\"terms\"", $"\"notes\": [{notes}], \"terms\"", StringComparison.Ordinal);
        string[] publishers = ["a", "b", "c", "d", "e"];
        foreach (string publisher in publishers)
        {
            await SetContractAsync(publisher, large);
            await Ledger.Ledger.OpenFileAsync(
                new LedgerFile(LedgerHarness.HashOf(publisher), publisher, publisher, Size)
            );
            await Ledger.SendAsync(LedgerHarness.HashOf(publisher), Home, SendKind.WebSeed, 1000);
        }

        var report = new ChainReport(0, long.MaxValue, null, ReportBucketSize.Day);
        (ChainFault? fault, _, ExportPrices? prices) = await ChainHarness.ReadAsync(
            Encoding.UTF8.GetBytes(await _chain.ExportAsync()),
            report
        );

        Assert.Null(fault);
        Assert.Equal(publishers, report.PublisherIds);
        Assert.Equal(publishers, publishers.Where(prices!.Tells).Concat(prices.Omitted));
        Assert.InRange(prices.Omitted.Count, 1, 4);
        Assert.Equal("small-tiers", prices.ContractOf("a").Id);
        Assert.True((prices with { Instead = prices.Own["a"] }).Tells("e"));
    }

    [Fact]
    public async Task When_hours_are_closed_makes_no_difference_to_the_figures()
    {
        await UseAsync(closes: false);

        string export = await _chain.ExportAsync();

        await _chain.AssertReportsAgreeAsync(export, files: ["one", "two"]);
        Assert.DoesNotContain(ChainHarness.HoursOf(export), static entry => entry.IsLate);
    }

    [Fact]
    public async Task A_viewer_that_turns_out_to_be_another_is_taken_back_in_its_closed_hour()
    {
        InfoHash file = await Ledger.OpenFileAsync("f", Size);
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1000);
        await Ledger.WitnessAsync(file, "unannounced", Home, 1000);
        await _chain.ExportAsync();
        Ledger.Clock.Advance(TimeSpan.FromHours(2));
        await _chain.Chain.CloseAsync(openHourToo: false);
        await Ledger.AnnounceAsync(file, "named", Home, AnnounceEvent.Started, Size);
        await Ledger.AnnounceAsync(file, "named", Home, AnnounceEvent.None, Size - 5000);

        string export = await _chain.ExportAsync();

        Assert.Contains(
            ChainHarness.HoursOf(export).SelectMany(static entry => entry.Viewers),
            static viewer => viewer is { Before: ChainPresence.Got, After: ChainPresence.None }
        );
        await _chain.AssertReportsAgreeAsync(export, files: "f");
        (_, ChainSummary summary) = await ChainHarness.VerifyAsync(export);
        Assert.Equal(1, summary.LateEntries);
        Assert.Equal(
            0,
            await _chain.Database.ReadAsync(session =>
                session.Scalar("SELECT COUNT(*) FROM ledger_presence WHERE got = 0 AND gave = 0")
            )
        );
    }

    [Fact]
    public async Task Bytes_of_a_file_that_is_not_known_wait_until_it_is()
    {
        await Ledger.SendAsync(LedgerHarness.HashOf("later"), Home, SendKind.WebSeed, 700);
        Assert.Empty(ChainHarness.HoursOf(await _chain.ExportAsync()));
        Ledger.Clock.Advance(TimeSpan.FromHours(3));
        await _chain.Chain.CloseAsync(openHourToo: false);
        await Ledger.OpenFileAsync("later", Size);

        string export = await _chain.ExportAsync();

        ChainHour entry = Assert.Single(ChainHarness.HoursOf(export));
        Assert.True(entry.IsLate);
        await _chain.AssertReportsAgreeAsync(export, files: "later");
    }

    [Fact]
    public async Task Hours_with_more_viewers_than_a_line_holds_are_told_in_several()
    {
        InfoHash file = await Ledger.OpenFileAsync("f", Size);
        await Ledger.Ledger.RecordSendsAsync(
            new SendReport(
                "webseed/a",
                "0000000000000001",
                [
                    .. Enumerable
                        .Range(0, 2500)
                        .Select(i => new SendCounter(
                            file.ToString(),
                            $"10.0.{i / 250}.{i % 250}",
                            SendKind.WebSeed,
                            Ledger.Hour,
                            10
                        )),
                ]
            )
        );

        string export = await _chain.ExportAsync();

        Assert.Equal([1000, 1000, 500], ChainHarness.HoursOf(export).Select(static entry => entry.Viewers.Count));
        await _chain.AssertReportsAgreeAsync(export, files: "f");
    }

    [Fact]
    public async Task Silos_that_close_at_once_write_one_chain()
    {
        await using StateDatabase second = await _store.OpenAsync();
        LedgerChain other = _chain.NewChain(second);
        // The key first: two processes that share no folder take it from the database.
        await _chain.Chain.GetKeyAsync();
        for (int i = 0; i < 450; i++)
        {
            InfoHash file = await Ledger.OpenFileAsync($"f{i}", Size);
            await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1000 + i);
        }

        await Task.WhenAll(
            _chain.Chain.CloseAsync(openHourToo: true),
            other.CloseAsync(openHourToo: true),
            _chain.ExportAsync(),
            other.CloseAsync(openHourToo: true)
        );

        string export = await _chain.ExportAsync();
        Assert.Equal(450, ChainHarness.HoursOf(export).Count);
        await _chain.AssertReportsAgreeAsync(export);
    }

    [Fact]
    public async Task A_part_is_complete_from_its_first_full_hour_on()
    {
        await UseAsync(closes: true);
        string whole = await _chain.ExportAsync();
        DateTimeOffset from = Ledger.Clock.GetUtcNow().AddHours(-2);

        string part = await _chain.ExportAsync(from);

        (ChainFault? fault, ChainSummary summary) = await ChainHarness.VerifyAsync(part);
        Assert.Null(fault);
        Assert.True(part.Length < whole.Length);
        Assert.True(summary.After > 1);
        Assert.InRange(summary.CompleteFrom, from.ToUnixTimeSeconds() - 3600, from.ToUnixTimeSeconds() + 3600);
        await _chain.AssertReportsAgreeAsync(part, from.ToUnixTimeSeconds() + 3599, files: ["one", "two"]);
        // The same lines without the end's word for it are no part, but a chain with a gap.
        string[] lines = part.Split('\n');
        lines[^2] = whole.Split('\n')[^2];
        (fault, _) = await ChainHarness.VerifyAsync(string.Join('\n', lines));
        Assert.Equal((2, 1), (fault!.Line, fault.Sequence));
    }

    [Fact]
    public async Task The_chain_goes_on_after_a_restart()
    {
        InfoHash file = await Ledger.OpenFileAsync("f", Size);
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1000);
        string before = await _chain.ExportAsync();
        await _chain.RestartAsync();
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1000);
        await Ledger.SendAsync(file, Home, SendKind.WebSeed, 1001);

        string after = await _chain.ExportAsync();

        Assert.StartsWith(Entries(before), after, StringComparison.Ordinal);
        Assert.Equal([1000L, 1L], ChainHarness.HoursOf(after).Select(static entry => entry.Figures.Low));
    }

    /// <summary>Six hours of two files, with viewers that come, go, join and turn out to be others.</summary>
    private async Task UseAsync(bool closes)
    {
        InfoHash one = await Ledger.OpenFileAsync("one", Size);
        InfoHash two = await Ledger.OpenFileAsync("two", Size);
        for (int hour = 0; hour < 6; hour++)
        {
            await Ledger.SendAsync(one, Home, SendKind.WebSeed, 100_000 + hour);
            await Ledger.SendAsync(two, Neighbour, SendKind.Direct, 7 * hour);
            await Ledger.SendAsync(one, Neighbour, SendKind.Edge, 40_000, source: "edge/e");
            await Ledger.SendAsync(one, "192.0.2.1", SendKind.EdgeFill, 50_000, source: "edge/e");
            await Ledger.SendAsync(one, "0.0.0.0", SendKind.EdgeMetadata, 300 + hour, source: "edge/e");
            await Ledger.SendAsync(two, "0.0.0.0", SendKind.EdgeOverhead, 900 + hour, source: "edge/e");
            await Ledger.AnnounceAsync(one, "a", Home, AnnounceEvent.None, Size - hour * 90_000, uploaded: hour * 1000);
            if (hour > 1)
                await Ledger.AnnounceAsync(one, "b", Neighbour, AnnounceEvent.None, Size - hour * 10_000);
            if (hour > 3)
                await Ledger.AnnounceAsync(one, "b", "2001:db8::1", AnnounceEvent.None, Size - hour * 20_000);
            await Ledger.WitnessAsync(two, "c", Home, hour * 3000);
            if (closes)
                await _chain.Chain.CloseAsync(openHourToo: hour % 2 == 0);
            await Ledger.SendAsync(two, Home, SendKind.WebSeed, 9000, hour: Ledger.Hour - 3600);
            Ledger.Clock.Advance(TimeSpan.FromHours(1));
        }
    }

    private async Task SetContractAsync(string publisherId, string json) =>
        Assert.Equal(
            AccountChange.Done,
            await new PublisherSettingsTable(_chain.Database).StoreAsync(
                new PublisherSettings(publisherId, PeerPolicy.Everyone, json, 0),
                new AuditEntry
                {
                    At = Ledger.Clock.GetUtcNow(),
                    Actor = "test",
                    Action = "settings",
                }
            )
        );

    private static string Peer(string name) => LedgerHarness.Peer(name).ToString();

    private static string Entries(string export) =>
        export[..export.IndexOf("{\"kind\":\"end\"", StringComparison.Ordinal)];

    private Task<long> CountAsync() =>
        _chain.Database.ReadAsync(session => session.Scalar("SELECT COUNT(*) FROM ledger_entry"));
}
