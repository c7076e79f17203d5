using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Tests.State;
using Distribution.Tests.Shared;

namespace Distribution.Silos.Tests.Ledgers.Chain;

/// <summary>Exports that somebody else made, or that were cut, and a second verifier by another hand.</summary>
public sealed class ChainVerifierTests : IAsyncLifetime
{
    private const long Size = 1_000_000;

    private ChainHarness _chain = null!;
    private string _export = "";

    public async ValueTask InitializeAsync()
    {
        _chain = await ChainHarness.StartAsync(new SqliteTestStore());
        InfoHash one = await _chain.Ledger.OpenFileAsync("one", Size);
        InfoHash two = await _chain.Ledger.OpenFileAsync("zwei \"ü\" \\ \n", Size);
        for (int hour = 1; hour < 4; hour++)
        {
            await _chain.Ledger.SendAsync(one, "203.0.113.5", SendKind.WebSeed, 1000);
            await _chain.Ledger.SendAsync(two, "203.0.113.5", SendKind.Direct, 20);
            await _chain.Ledger.AnnounceAsync(one, "a", "203.0.113.5", AnnounceEvent.None, Size - hour * 10, hour * 7);
            await _chain.Ledger.AnnounceAsync(one, "b", "203.0.113.8", AnnounceEvent.None, Size - hour * 20);
            await _chain.Chain.CloseAsync(openHourToo: true);
            _chain.Ledger.Clock.Advance(TimeSpan.FromHours(1));
        }
        _export = await _chain.ExportAsync();
    }

    public ValueTask DisposeAsync() => _chain.DisposeAsync();

    private string[] Lines => _export.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Another_implementation_finds_the_same()
    {
        JsonElement found = JsonDocument.Parse((await ChainHarness.PythonAsync(_export)).Succeeded()).RootElement;

        (ChainFault? fault, ChainSummary summary) = await ChainHarness.VerifyAsync(_export);
        Assert.Null(fault);
        Assert.Equal(summary.Head.ToString(), found.GetProperty("head").GetString());
        Assert.Equal(summary.Last, found.GetProperty("last").GetInt64());
        var report = new ChainReport(0, long.MaxValue, null, ReportBucketSize.Day);
        await ChainHarness.VerifyAsync(_export, report);
        Assert.Equal(2, report.FileIds.Count);
        foreach (string id in report.FileIds)
        {
            SavingsReport ours = report.Build(ExportPrices.Of(_chain.Prices), id);
            JsonElement theirs = found.GetProperty("files").GetProperty(id);
            Assert.Equal(
                [
                    ours.Bytes.Delivered.Low,
                    ours.Bytes.Delivered.High,
                    ours.Bytes.WebSeedBytes - ours.Bytes.DirectBytes,
                    ours.Bytes.DirectBytes,
                    ours.Bytes.EdgeBytes,
                    ours.Bytes.EdgeFillBytes,
                    ours.Bytes.ViewerUploadBytes,
                    ours.Viewers,
                    ours.DownloadOnlyViewers,
                ],
                (
                    (string[])
                        [
                            "low",
                            "high",
                            "webSeed",
                            "direct",
                            "edge",
                            "edgeFill",
                            "viewerUpload",
                            "viewers",
                            "downloadOnlyViewers",
                        ]
                ).Select(name => theirs.GetProperty(name).GetInt64())
            );
        }
        Assert.Equal(0.0321m, found.GetProperty("prices").GetProperty("cdnPerGigabyte").GetDecimal());
    }

    [Theory]
    [InlineData(3, "\"low\":1", "\"low\":2")]
    [InlineData(4, "\"signature\":\"", "\"signature\":\"f")]
    public async Task Another_implementation_sees_a_change_too(int line, string what, string with)
    {
        string[] lines = Lines;
        int at = Array.FindIndex(lines, line - 2, text => text.Contains(what, StringComparison.Ordinal));
        lines[at] = lines[at].Replace(what, with, StringComparison.Ordinal);
        string changed = string.Join('\n', lines) + "\n";

        ToolResult told = await ChainHarness.PythonAsync(changed);
        (ChainFault? fault, _) = await ChainHarness.VerifyAsync(changed);

        Assert.Equal(1, told.ExitCode);
        Assert.Contains($"line {at + 1},", told.All, StringComparison.Ordinal);
        Assert.Equal(at + 1, fault?.Line);
    }

    [Fact]
    public async Task An_export_of_the_first_format_still_verifies()
    {
        // Made by the program that wrote it last.
        string export = await File.ReadAllTextAsync(
            Repository.PathOf("tests/Silos.Tests/Ledgers/Chain/Samples/format-1.jsonl"),
            TestContext.Current.CancellationToken
        );
        (ChainFault? fault, ChainSummary summary) = await ChainHarness.VerifyAsync(export);
        Assert.Null(fault);
        Assert.Contains("\"format\":1,", export, StringComparison.Ordinal);
        Assert.Equal((600_000, 300_000), (summary.Totals.Direct, summary.Totals.WebSeed));
        Assert.Equal(0, (await ChainHarness.PythonAsync(export)).ExitCode);
    }

    [Fact]
    public async Task Every_cut_of_the_tail_is_told()
    {
        byte[] whole = Encoding.UTF8.GetBytes(_export);
        // The last newline alone says nothing.
        for (int length = 0; length < whole.Length - 1; length += 37)
        {
            (ChainFault? fault, _) = await ChainHarness.VerifyAsync(whole[..length]);
            Assert.NotNull(fault);
        }
        string[] lines = Lines;
        for (int count = 1; count < lines.Length; count++)
        {
            (ChainFault? fault, _) = await ChainHarness.VerifyAsync(string.Join('\n', lines[..count]) + "\n");
            Assert.Contains("cut off", fault?.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_end_of_another_export_does_not_fit()
    {
        await _chain.Ledger.SendAsync(LedgerHarness.HashOf("one"), "203.0.113.5", SendKind.WebSeed, 50_000);
        string later = await _chain.ExportAsync();
        string[] lines = Lines;
        // The later export without its last entries, with the later end; and the earlier one's end in the later export.
        lines[^1] = later.Split('\n')[^2];
        (ChainFault? shorter, _) = await ChainHarness.VerifyAsync(string.Join('\n', lines));
        string[] longer = later.Split('\n');
        longer[^2] = Lines[^1];
        (ChainFault? longerFault, _) = await ChainHarness.VerifyAsync(string.Join('\n', longer));

        Assert.Contains("a chain that ends with entry", shorter?.Problem, StringComparison.Ordinal);
        Assert.Contains("a chain that ends with entry", longerFault?.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_instances_key_makes_another_fingerprint_and_no_signature()
    {
        await using ChainHarness other = await ChainHarness.StartAsync(new SqliteTestStore());
        string[] foreign = (await other.ExportAsync()).Split('\n');
        (ChainFault? fault, ChainSummary summary) = await ChainHarness.VerifyAsync(_export);
        Assert.Null(fault);
        Assert.Equal((await _chain.Chain.GetKeyAsync()).Fingerprint, summary.Fingerprint);

        foreign[^2] = Lines[^1];
        Assert.NotNull((await ChainHarness.VerifyAsync(string.Join('\n', foreign))).Fault);
    }

    public static TheoryData<string, string> Hostile =>
        new()
        {
            { "", "empty" },
            { "\n", "is expected at byte 1" },
            { "{}\n", "is expected at byte 1" },
            { "null", "is expected" },
            { "{\"kind\":\"end\"", "is expected" },
            { "\0\0\0", "is expected" },
            { "\uFEFF{\"seq\":0", "is expected" },
            { "{\"seq\":00", "is expected" },
            { "{\"seq\":-1", "whole number" },
            { "{\"seq\":99999999999999999999999999", "whole number" },
            { "{\"seq\":9223372036854775808,", "whole number" },
            { "{\"seq\":1,\"kind\":\"start\"", "only entry 0 is a start" },
            { new string('x', 1 << 20), "longer than" },
            { new string('[', 1 << 20) + "\n", "longer than" },
            { "{\"seq\":0,\"kind\":\"start\",\"at\":\"2026-02-30T00:00:00Z\"", "a time such as" },
            { "{\"seq\":0,\"kind\":\"start\",\"at\":\"1969-12-31T00:00:00Z\"", "a time such as" },
            { "{\"seq\":0,\"kind\":\"start\",\"at\":\"2026-01-01T00:00:00Z\",\"format\":3,", "format 1 or 2" },
            {
                "{\"seq\":3,\"kind\":\"hour\",\"at\":\"2026-01-01T00:00:00Z\",\"hour\":\"2026-01-01T00:30:00Z\"",
                "a full hour"
            },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task What_is_no_export_is_told_with_its_line(string text, string expected)
    {
        (ChainFault? fault, _) = await ChainHarness.VerifyAsync(text);
        Assert.Contains(expected, fault?.Problem, StringComparison.Ordinal);
        Assert.InRange(fault!.Line, text.Length == 0 ? 0 : 1, 1);
        // After lines that fit, the line is named too.
        (fault, _) = await ChainHarness.VerifyAsync(Lines[0] + "\n" + Lines[1] + "\n" + text);
        Assert.Equal(3, fault?.Line);
    }

    [Fact]
    public async Task A_key_that_is_no_point_of_the_curve_is_told()
    {
        string start = ChainLineWriter.Write(new ChainStart(0, Flip(Key(), ^1)));
        (ChainFault? fault, _) = await ChainHarness.VerifyAsync(start + "\n");
        Assert.Contains("P-256", fault?.Problem, StringComparison.Ordinal);
        start = ChainLineWriter.Write(new ChainStart(0, Flip(Key(), 10)));
        Assert.NotNull((await ChainHarness.VerifyAsync(start + "\n")).Fault);

        string Key() => Lines[0].Split("\"key\":\"")[1][..ChainPublicKey.HexLength];
        static string Flip(string hex, Index index)
        {
            int at = index.GetOffset(hex.Length);
            return hex[..at] + (hex[at] == '0' ? '1' : '0') + hex[(at + 1)..];
        }
    }

    [Fact]
    public async Task Sums_that_no_number_holds_are_told()
    {
        string export = Signed(
            (sequence, previous) => Hour(sequence, previous, new ChainFigures(0, long.MaxValue, 0, 0, 0, 0, 0), [])
        );
        Assert.Contains("exabytes", (await ChainHarness.VerifyAsync(export)).Fault?.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_that_leaves_where_it_never_was_is_told()
    {
        string export = Signed(
            (sequence, previous) =>
                Hour(sequence, previous, default, [new ChainViewer(7, ChainPresence.Got, ChainPresence.None)])
        );
        var report = new ChainReport(0, long.MaxValue, null, ReportBucketSize.Hour);
        (ChainFault? fault, _) = await ChainHarness.VerifyAsync(export, report);
        Assert.Contains("leaves an hour", fault?.Problem, StringComparison.Ordinal);
    }

    /// <summary>Bytes are changed, dropped, doubled and swapped at random: whatever differs is refused, and nothing throws.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_that_differs_by_a_byte_is_taken(int seed)
    {
        var random = new Random(seed);
        byte[] whole = Encoding.UTF8.GetBytes(_export);
        for (int round = 0; round < 1500; round++)
        {
            var bytes = new List<byte>(whole);
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                        break;
                    case 2:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 400), bytes.Count - at)));
                        break;
                    default:
                        bytes[at] ^= (byte)(1 << random.Next(8));
                        break;
                }
            }
            var report = new ChainReport(0, long.MaxValue, null, ReportBucketSize.Hour);
            (ChainFault? fault, _) = await ChainHarness.VerifyAsync([.. bytes], report);
            bool isSame = bytes.SequenceEqual(whole) || bytes.SequenceEqual(whole[..^1]);
            Assert.True(isSame == fault is null, $"seed {seed}, round {round}: {fault}");
        }
    }

    [Fact]
    public void Every_line_is_written_as_it_was_read()
    {
        foreach (string line in Lines)
        {
            Assert.True(
                ChainLineReader.TryRead(Encoding.UTF8.GetBytes(line), out ChainLine? read, out string? problem),
                problem
            );
            Assert.Equal(
                line,
                read switch
                {
                    ChainStart start => ChainLineWriter.Write(start),
                    ChainHour hour => ChainLineWriter.Write(hour),
                    ChainCheckpoint checkpoint => ChainLineWriter.Write(checkpoint, _ => checkpoint.Signature),
                    ChainEnd end => ChainLineWriter.Write(end, _ => end.Signature),
                    _ => throw new UnreachableException(),
                }
            );
            Assert.All(line, static letter => Assert.InRange(letter, ' ', '~'));
        }
    }

    [Fact]
    public async Task The_key_is_its_owners_alone_and_stays()
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_chain.KeyPath));
        string fingerprint = (await _chain.Chain.GetKeyAsync()).Fingerprint;
        await _chain.RestartAsync();
        Assert.Equal(fingerprint, (await _chain.Chain.GetKeyAsync()).Fingerprint);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_chain.KeyPath)!));

        await File.WriteAllTextAsync(_chain.KeyPath, "no key", TestContext.Current.CancellationToken);
        await _chain.RestartAsync();
        InvalidDataException told = await Assert.ThrowsAsync<InvalidDataException>(() => _chain.ExportAsync());
        Assert.Contains(_chain.KeyPath, told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no key\"", told.Message, StringComparison.Ordinal);
    }

    /// <summary>A chain that its owner made up: all hashes and signatures are right.</summary>
    private static string Signed(Func<long, ChainHash, ChainHour> hour)
    {
        using var key = ChainKey.FromPem(ChainKey.NewPem());
        var lines = new List<string> { ChainLineWriter.Write(new ChainStart(7200, key.PublicKey)) };
        for (int i = 1; i <= 2; i++)
            lines.Add(ChainLineWriter.Write(hour(i, HashOf(lines[^1]))));
        lines.Add(ChainLineWriter.Write(new ChainCheckpoint(3, 7200, 0, HashOf(lines[^1])), key.Sign));
        lines.Add(ChainLineWriter.Write(new ChainEnd(7200, 0, 3, HashOf(lines[^1]), "{}"), key.Sign));
        return string.Join('\n', lines) + "\n";
    }

    private static ChainHash HashOf(string line) => ChainHash.Of(ChainLineReader.Hashed(Encoding.ASCII.GetBytes(line)));

    private static ChainHour Hour(long sequence, ChainHash previous, ChainFigures figures, ChainViewer[] viewers) =>
        new(sequence, 7200, 3600, false, "p", "f", new string('0', 40), figures, viewers, previous);
}
