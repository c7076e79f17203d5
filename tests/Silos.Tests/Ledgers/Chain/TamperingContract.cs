using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Chain;

/// <summary>Whoever may write the database, and has no key, changes it: the first entry that does not fit is named.</summary>
public abstract class TamperingContract : IAsyncLifetime
{
    private const long Size = 1_000_000;

    /// <summary>One of the middle, that books an hour with a viewer.</summary>
    private const long Victim = 4;

    private ChainHarness _chain = null!;

    public async ValueTask InitializeAsync()
    {
        _chain = await ChainHarness.StartAsync(NewStore());
        InfoHash one = await _chain.Ledger.OpenFileAsync("one", Size);
        InfoHash two = await _chain.Ledger.OpenFileAsync("two", Size);
        for (int i = 1; i <= 4; i++)
        {
            await _chain.Ledger.SendAsync(one, "203.0.113.5", SendKind.WebSeed, 1000);
            await _chain.Ledger.AnnounceAsync(
                one,
                "p",
                "203.0.113.5",
                AnnounceEvent.None,
                Size - i * 5000,
                uploaded: i
            );
            await _chain.Ledger.SendAsync(two, "203.0.113.9", SendKind.Edge, 50, source: "edge/e");
            await _chain.Chain.CloseAsync(openHourToo: true);
            _chain.Ledger.Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Null((await ChainHarness.VerifyAsync(await _chain.ExportAsync())).Fault);
        Assert.IsType<ChainHour>(await EntryAsync(Victim));
        // Whoever tampers stops the process, or does not; here it is started again, and knows no more than the database.
        await _chain.RestartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _chain?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private protected abstract ITestStore NewStore();

    [Theory]
    [InlineData("\"seq\":4", "\"seq\":5")]
    [InlineData("\"kind\":\"hour\"", "\"kind\":\"start\"")]
    [InlineData("\"at\":\"2026", "\"at\":\"2027")]
    [InlineData("\"hour\":\"2026", "\"hour\":\"2025")]
    [InlineData("\"late\":false", "\"late\":true")]
    [InlineData("\"publisher\":\"d", "\"publisher\":\"e")]
    [InlineData("\"file\":\"one", "\"file\":\"two")]
    [InlineData("\"infoHash\":\"", null)]
    [InlineData("\"low\":", "\"low\":1")]
    [InlineData("\"high\":", "\"high\":1")]
    [InlineData("\"webSeed\":", "\"webSeed\":1")]
    [InlineData("\"direct\":", "\"direct\":1")]
    [InlineData("\"edge\":", "\"edge\":1")]
    [InlineData("\"edgeFill\":0", "\"edgeFill\":1")]
    [InlineData("\"viewerUpload\":", "\"viewerUpload\":1")]
    [InlineData("03\"]", "01\"]")]
    [InlineData("\"prev\":\"", null)]
    [InlineData("\"hash\":\"", null)]
    [InlineData("\"viewers\":[\"", null)]
    [InlineData("\"edge\":0", "\"edge\":-1")]
    [InlineData("\"edge\":0", "\"edge\": 0")]
    [InlineData("\"edge\":0", "\"edge\":0,\"edge\":0")]
    public async Task A_field_of_an_entry(string what, string? with)
    {
        string line = (await LineAsync(Victim))!;
        string changed = with is null ? Flip(line, what) : line.Replace(what, with, StringComparison.Ordinal);
        Assert.NotEqual(line, changed);
        await SetLineAsync(Victim, changed);

        await AssertFirstMisfitAsync(Victim);
    }

    [Fact]
    public async Task The_number_of_a_row()
    {
        await RunAsync("UPDATE ledger_entry SET seq = 1000 WHERE seq = 4");
        await AssertFirstMisfitAsync(Victim);
    }

    [Fact]
    public async Task A_row_is_deleted()
    {
        await RunAsync("DELETE FROM ledger_entry WHERE seq = 4");
        await AssertFirstMisfitAsync(Victim);
    }

    [Fact]
    public async Task Two_rows_are_swapped()
    {
        string four = (await LineAsync(Victim))!;
        string five = (await LineAsync(Victim + 1))!;
        await SetLineAsync(Victim, five);
        await SetLineAsync(Victim + 1, four);
        await AssertFirstMisfitAsync(Victim);
    }

    [Fact]
    public async Task A_forged_row_is_appended()
    {
        long last = await CountAsync() - 1;
        var head = (ChainEntry)(await EntryAsync(last))!;
        var copied = (ChainHour)(await EntryAsync(Victim))!;
        string forged = ChainLineWriter.Write(
            copied with
            {
                Sequence = last + 1,
                At = head.At,
                IsLate = true,
                Viewers = [],
                Previous = head.Hash,
            }
        );
        await _chain.Database.WriteAsync(session =>
            session.Execute("INSERT INTO ledger_entry (seq, line) VALUES ($1, $2)", last + 1, forged)
        );

        // Nothing is signed on top of it, though it fits.
        await Assert.ThrowsAsync<ChainBrokenException>(() => _chain.Chain.CloseAsync(openHourToo: true));
        await AssertFirstMisfitAsync(last + 1);
    }

    [Fact]
    public async Task All_is_rewritten_from_an_entry_on_without_the_key()
    {
        await RewriteAsync(static bytes => new string('0', bytes.Length > 0 ? 128 : 0));
        long checkpoint = Victim;
        while (await EntryAsync(checkpoint) is not ChainCheckpoint)
            checkpoint++;
        await AssertFirstMisfitAsync(checkpoint);
    }

    [Fact]
    public async Task All_is_rewritten_with_the_key_and_only_an_earlier_export_tells()
    {
        string earlier = await _chain.ExportAsync();
        using (
            var key = ChainKey.FromPem(
                await File.ReadAllTextAsync(_chain.KeyPath, TestContext.Current.CancellationToken)
            )
        )
            await RewriteAsync(key.Sign);

        string later = await _chain.ExportAsync();

        // This is what the chain cannot do: its owner has the key.
        Assert.Null((await ChainHarness.VerifyAsync(later)).Fault);
        ChainFault? fault = await CompareAsync(earlier, later);
        Assert.Equal(Victim, fault?.Sequence);
    }

    [Fact]
    public async Task The_chain_is_cut_back_and_only_an_earlier_export_or_the_running_process_tells()
    {
        string earlier = await _chain.ExportAsync();
        ChainEntry cut = (await EntryAsync(Victim + 2))!;
        while (cut is not ChainCheckpoint)
            cut = (await EntryAsync(cut.Sequence + 1))!;
        await _chain.Database.WriteAsync(session =>
            session.Execute("DELETE FROM ledger_entry WHERE seq > $1", cut.Sequence)
        );
        await Assert.ThrowsAsync<ChainBrokenException>(() => _chain.Chain.CloseAsync(openHourToo: true));

        await _chain.RestartAsync();
        string later = await _chain.ExportAsync();
        Assert.Null((await ChainHarness.VerifyAsync(later)).Fault);
        Assert.Equal(cut.Sequence + 1, (await CompareAsync(earlier, later))?.Sequence);
    }

    [Fact]
    public async Task Nothing_is_left_of_the_chain()
    {
        await _chain.Chain.CloseAsync(openHourToo: true);
        string before = (await LineAsync(0))!;
        await RunAsync("DELETE FROM ledger_entry");
        await Assert.ThrowsAsync<ChainBrokenException>(() => _chain.Chain.CloseAsync(openHourToo: true));
        ChainFault? fault = (await ChainHarness.VerifyAsync(await _chain.ExportAsync())).Fault;
        Assert.Equal(1, fault?.Line);
        Assert.StartsWith("{\"seq\":0,\"kind\":\"start\"", before, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ledger_publisher_hour", "low")]
    [InlineData("ledger_publisher_hour", "high")]
    [InlineData("ledger_publisher_hour", "web_seed")]
    [InlineData("ledger_publisher_hour", "direct")]
    [InlineData("ledger_publisher_hour", "edge")]
    [InlineData("ledger_publisher_hour", "edge_fill")]
    [InlineData("ledger_publisher_hour", "viewer_upload")]
    [InlineData("ledger_hour", "low")]
    [InlineData("ledger_hour", "high")]
    public async Task A_figure_that_reports_are_read_from_differs_from_the_export(string table, string column)
    {
        string before = await _chain.ExportAsync();
        await RunAsync($"UPDATE {table} SET {column} = {column} + 5");

        string after = await _chain.ExportAsync();

        Assert.Equal(ChainHarness.HoursOf(before).Count, ChainHarness.HoursOf(after).Count);
        await _chain.AssertReportsAgreeAsync(after, to: _chain.Ledger.Hour - 30 * 3600);
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() =>
            _chain.AssertReportsAgreeAsync(after, 0, 4_000_000_000, "one", "two")
        );
    }

    [Fact]
    public async Task A_closed_figure_that_was_made_smaller_stays_in_the_chain()
    {
        string before = await _chain.ExportAsync();
        await RunAsync("UPDATE ledger_hour SET low = 0, high = 0, is_chained = 0");

        string after = await _chain.ExportAsync();

        Assert.Equal(ChainHarness.HoursOf(before).Count, ChainHarness.HoursOf(after).Count);
        Assert.Null((await ChainHarness.VerifyAsync(after)).Fault);
    }

    [Fact]
    public async Task Another_key_signs_nothing_on_top()
    {
        File.Delete(_chain.KeyPath);
        await _chain.RestartAsync();
        await Assert.ThrowsAsync<ChainBrokenException>(() => _chain.Chain.CloseAsync(openHourToo: true));
        ChainFault? fault = (await ChainHarness.VerifyAsync(await _chain.ExportAsync())).Fault;
        Assert.Contains("signature", fault?.Problem, StringComparison.Ordinal);
    }

    private static async Task<ChainFault?> CompareAsync(string earlier, string later) =>
        await ChainComparison.CompareAsync(
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(earlier)),
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(later)),
            TestContext.Current.CancellationToken
        );

    /// <summary>Another character after some words; of hexadecimal digits still one.</summary>
    private static string Flip(string line, string what)
    {
        int place = line.IndexOf(what, StringComparison.Ordinal) + what.Length;
        return line[..place] + (line[place] == '0' ? '1' : '0') + line[(place + 1)..];
    }

    /// <summary>Doubles what the victim booked, and makes every hash after it fit.</summary>
    private async Task RewriteAsync(Func<byte[], string> sign)
    {
        long last = await CountAsync() - 1;
        var hash = ((ChainEntry)(await EntryAsync(Victim - 1))!).Hash;
        for (long sequence = Victim; sequence <= last; sequence++)
        {
            string line = await EntryAsync(sequence) switch
            {
                ChainHour hour => ChainLineWriter.Write(
                    hour with
                    {
                        Previous = hash,
                        Figures =
                            sequence == Victim
                                ? hour.Figures with
                                {
                                    WebSeed = hour.Figures.WebSeed * 2 + 1,
                                }
                                : hour.Figures,
                    }
                ),
                ChainCheckpoint checkpoint => ChainLineWriter.Write(checkpoint with { Previous = hash }, sign),
                _ => throw new InvalidOperationException(),
            };
            await SetLineAsync(sequence, line);
            hash = ((ChainEntry)(await EntryAsync(sequence))!).Hash;
        }
    }

    private async Task AssertFirstMisfitAsync(long sequence)
    {
        (ChainFault? fault, _) = await ChainHarness.VerifyAsync(await _chain.ExportAsync());
        Assert.NotNull(fault);
        // Line 1 is entry 0; a line that cannot be read has no number but the line's.
        Assert.Equal(sequence + 1, fault.Line);
        Assert.Equal(sequence, fault.Sequence ?? sequence);
    }

    private Task RunAsync(string sql) => _chain.Database.WriteAsync(session => session.Execute(sql));

    private Task<string?> LineAsync(long sequence) =>
        _chain.Database.ReadAsync(session => EntryTable.Find(session, sequence));

    private async Task<ChainEntry?> EntryAsync(long sequence) =>
        await LineAsync(sequence) is { } line
        && ChainLineReader.TryRead(System.Text.Encoding.UTF8.GetBytes(line), out ChainLine? read, out _)
            ? (ChainEntry)read
            : null;

    private Task SetLineAsync(long sequence, string line) =>
        _chain.Database.WriteAsync(session =>
            session.Execute("UPDATE ledger_entry SET line = $2 WHERE seq = $1", sequence, line)
        );

    private Task<long> CountAsync() =>
        _chain.Database.ReadAsync(session => session.Scalar("SELECT COUNT(*) FROM ledger_entry"));
}
