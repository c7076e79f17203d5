using System.Text.Json;
using Distribution.BitTorrent.Magnets;
using Distribution.BitTorrent.Metainfo;
using Distribution.Tests.Shared;

namespace Distribution.BitTorrent.Tests.MetainfoV2;

/// <summary>libtorrent makes the same torrents of the same files, byte for byte; Transmission and aria2 read the v1 half of ours.</summary>
public sealed class ClientConformanceTests : IDisposable
{
    private const int CaseCount = 500;

    private static readonly string[] Trackers = ["http://t.example/announce", "udp://t.example:6969"];
    private static readonly string[] WebSeeds = ["http://w.example/"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("v2-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Five_hundred_contents_become_the_torrents_that_libtorrent_makes()
    {
        List<MadeCase> cases = [.. TorrentCase.Generate(CaseCount, seed: 52).Select(Make)];
        Assert.Equal(CaseCount, cases.Count);
        Assert.InRange(cases.Count(made => made.Case.Folder is not null), 200, 400);

        string script = Path.Combine(AppContext.BaseDirectory, "MetainfoV2", "libtorrent_oracle.py");
        string questions = Path.Combine(_folder.FullName, "questions.json");
        string json = JsonSerializer.Serialize(cases.Select(made => made.Question));
        await File.WriteAllTextAsync(questions, json, TestContext.Current.CancellationToken);
        ToolResult result = await ExternalTool.RunAsync("/usr/bin/python3", script, questions);
        Assert.SkipWhen(
            result.Error.Contains("No module named 'libtorrent'", StringComparison.Ordinal),
            "libtorrent's Python binding is not installed."
        );
        using JsonDocument answers = JsonDocument.Parse(result.Succeeded());

        int compared = 0;
        foreach ((MadeCase made, JsonElement answer) in cases.Zip(answers.RootElement.EnumerateArray()))
        {
            foreach ((string version, EncodedInfo info) in made.Infos)
            {
                AssertMade(info, answer.GetProperty(version).GetProperty("made"), made);
                AssertRead(info, answer.GetProperty(version).GetProperty("read"), made);
                compared++;
            }
        }
        Assert.InRange(compared, 3 * CaseCount, 4 * CaseCount);
    }

    /// <summary>
    /// It decodes and encodes the info dictionary again before it hashes it, so that any slip in form would show. It orders keys as
    /// UTF-16, not as bytes (BEP 3): where that is another order, a hybrid's file tree comes out wrong.
    /// </summary>
    [Fact]
    public async Task Parse_torrent_reads_v1_torrents_and_the_v1_half_of_hybrids()
    {
        List<(MadeCase Made, string Kind)> torrents =
        [
            .. TorrentCase
                .Generate(CaseCount, seed: 53)
                .Where((_, i) => i % 5 == 0)
                .Select(Make)
                .SelectMany(made => made.Infos.Keys.Where(kind => kind != "V2").Select(kind => (made, kind))),
        ];
        List<TorrentCase> hybrids =
        [
            .. torrents.Where(torrent => torrent.Kind == "Hybrid").Select(torrent => torrent.Made.Case),
        ];
        Assert.Equal(100, hybrids.Count);
        Assert.InRange(hybrids.Count(HasNamesThatUtf16OrdersOtherwise), 1, 50);

        JsonElement answers = await ParseTorrentAsync(
            torrents.Select(torrent => torrent.Made.Question.torrents[torrent.Kind])
        );

        foreach (((MadeCase made, string kind), JsonElement read) in torrents.Zip(answers.EnumerateArray()))
        {
            byte[] file = File.ReadAllBytes(made.Question.torrents[kind]);
            Assert.True(TorrentMetainfo.TryParse(file, out TorrentMetainfo? ours, out string? error), error);
            TorrentInfo v1 = ours.V1!;
            if (kind != "Hybrid" || !HasNamesThatUtf16OrdersOtherwise(made.Case))
                Assert.Equal(made.Infos[kind].InfoHash.ToString(), read.GetProperty("infoHash").GetString());
            Assert.Equal(v1.Name, read.GetProperty("name").GetString());
            Assert.Equal(v1.LengthBytes, read.GetProperty("length").GetInt64());
            Assert.Equal(v1.PieceLengthBytes, read.GetProperty("pieceLength").GetInt32());
            Assert.Equal(v1.PieceCount, read.GetProperty("pieces").GetInt32());
            Assert.Equal(v1.IsPrivate, read.GetProperty("isPrivate").GetBoolean());
            Assert.Equal(
                v1.Files.Select(entry => (Join(v1.Name, entry.Path), entry.LengthBytes)),
                read.GetProperty("files").EnumerateArray().Select(item => (item[0].GetString()!, item[1].GetInt64()))
            );
            Assert.Equal(Trackers, read.GetProperty("announce").EnumerateArray().Select(url => url.GetString()));
            Assert.Equal(WebSeeds, read.GetProperty("urlList").EnumerateArray().Select(url => url.GetString()));
        }
    }

    [Fact]
    public async Task Parse_torrent_reads_both_info_hashes_of_a_magnet()
    {
        EncodedInfo info = TorrentCase.Generate(1, seed: 54)[0].Encode(TorrentVersions.Hybrid, isPadded: true);
        MagnetLink link = new()
        {
            InfoHash = info.InfoHash!.Value,
            InfoHashV2 = info.InfoHashV2,
            DisplayName = "a & ü.mp4",
            Trackers = Trackers,
            WebSeeds = ["http://w.example/webseed/id/"],
        };

        JsonElement answers = await ParseTorrentAsync([link.ToString(), (link with { InfoHashV2 = null }).ToString()]);

        JsonElement both = answers[0];
        Assert.Equal(info.InfoHash.ToString(), both.GetProperty("infoHash").GetString());
        Assert.Equal(info.InfoHashV2.ToString(), both.GetProperty("infoHashV2").GetString());
        Assert.Equal("a & ü.mp4", both.GetProperty("name").GetString());
        Assert.Equal(
            Trackers.Order(),
            both.GetProperty("announce").EnumerateArray().Select(url => url.GetString()).Order()
        );
        Assert.Equal(link.WebSeeds, both.GetProperty("urlList").EnumerateArray().Select(url => url.GetString()));
        Assert.Equal(info.InfoHash.ToString(), answers[1].GetProperty("infoHash").GetString());
        Assert.Equal(JsonValueKind.Null, answers[1].GetProperty("infoHashV2").ValueKind);
    }

    /// <summary>
    /// aria2 before 1.37 passes over empty dictionary keys, which every v2 file tree has, so it makes out another info-hash.
    /// </summary>
    [Fact]
    public async Task Aria2_reads_v1_torrents_and_from_1_37_on_the_v1_half_of_hybrids()
    {
        string about = (await ExternalTool.RunAsync("aria2c", "--version")).Succeeded();
        Version version = Version.Parse(about.Split('\n')[0].Split(' ')[^1]);
        bool hashesHybrids = version >= new Version(1, 37);
        foreach (MadeCase made in Sample())
        {
            foreach ((string kind, EncodedInfo info) in made.Infos.Where(made => made.Value.InfoHash is not null))
            {
                string torrent = made.Question.torrents[kind];
                string listed = (await ExternalTool.RunAsync("aria2c", "-S", torrent)).Succeeded();
                Assert.Contains($"The Number of Pieces: {PieceCount(torrent)}\n", listed, StringComparison.Ordinal);
                string hash = $"Info Hash: {info.InfoHash}\n";
                if (kind != "Hybrid" || hashesHybrids)
                    Assert.Contains(hash, listed, StringComparison.Ordinal);
                else
                    Assert.DoesNotContain(hash, listed, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Transmission before 4.0 takes an empty dictionary key, which every v2 file tree has, for a fault.</summary>
    [Fact]
    public async Task Transmission_reads_v1_torrents_and_from_4_0_on_the_v1_half_of_hybrids()
    {
        string about = (await ExternalTool.RunAsync("transmission-show", "--version")).All;
        bool readsHybrids = !about.StartsWith("transmission-show 3.", StringComparison.Ordinal);
        foreach (MadeCase made in Sample())
        {
            foreach ((string kind, EncodedInfo info) in made.Infos.Where(made => made.Value.InfoHash is not null))
            {
                string torrent = made.Question.torrents[kind];
                ToolResult result = await ExternalTool.RunAsync("transmission-show", torrent);
                if (kind == "Hybrid" && !readsHybrids)
                {
                    Assert.Equal(1, result.ExitCode);
                    continue;
                }
                string shown = result.Succeeded();
                Assert.Contains($"Hash: {info.InfoHash}\n", shown, StringComparison.Ordinal);
                Assert.Contains($"Piece Count: {PieceCount(torrent)}\n", shown, StringComparison.Ordinal);
            }
        }
    }

    private static bool HasNamesThatUtf16OrdersOtherwise(TorrentCase @case)
    {
        List<string> names = [.. (@case.Folder ?? []).SelectMany(file => file.Path)];
        return names.Any(name => name.Any(char.IsSurrogate)) && names.Any(name => name.Any(unit => unit > '\uDFFF'));
    }

    private async Task<JsonElement> ParseTorrentAsync(IEnumerable<string> torrents)
    {
        string list = Path.Combine(_folder.FullName, "torrents.json");
        await File.WriteAllTextAsync(list, JsonSerializer.Serialize(torrents), TestContext.Current.CancellationToken);
        string script = Path.Combine(Repository.Root, "tests", "Parsers", "read_torrents.mjs");
        return JsonDocument.Parse((await ExternalTool.RunAsync("node", script, list)).Succeeded()).RootElement;
    }

    private List<MadeCase> Sample()
    {
        List<MadeCase> cases = [.. TorrentCase.Generate(CaseCount, seed: 47).Where((_, i) => i % 25 == 0).Select(Make)];
        Assert.Contains(cases, made => made.Case.Folder is null);
        Assert.Contains(cases, made => made.Case.Folder is not null);
        return cases;
    }

    private static int PieceCount(string torrent)
    {
        Assert.True(
            MetainfoFile.TryParse(File.ReadAllBytes(torrent), out MetainfoFile? file, out string? error),
            error
        );
        return file.Info.PieceCount;
    }

    private static void AssertMade(EncodedInfo ours, JsonElement theirs, MadeCase made)
    {
        byte[] info = theirs.GetProperty("info").GetBytesFromBase64();
        Assert.True(ours.Raw.Span.SequenceEqual(info), $"{made.Question}: {ours.Versions} info dictionaries differ.");
        if (ours.InfoHash is { } v1)
            Assert.Equal(InfoHash.OfInfoDictionary(info), v1);
        if (ours.InfoHashV2 is { } v2)
            Assert.Equal(InfoHashV2.OfInfoDictionary(info), v2);
        Assert.Equal(
            theirs
                .GetProperty("layers")
                .EnumerateObject()
                .ToDictionary(layer => layer.Name, layer => layer.Value.GetString()),
            ours.Layers.ToDictionary(
                layer => layer.Root.ToString(),
                layer => (string?)Convert.ToHexStringLower(layer.Hashes.Span)
            )
        );
    }

    private static void AssertRead(EncodedInfo ours, JsonElement theirs, MadeCase made)
    {
        Assert.Equal(ours.InfoHash?.ToString(), theirs.GetProperty("v1").GetString());
        Assert.Equal(ours.InfoHashV2?.ToString(), theirs.GetProperty("v2").GetString());
        Assert.Equal(made.Case.IsPrivate, theirs.GetProperty("isPrivate").GetBoolean());

        // Our own parser reads the same of it.
        byte[] file = MetainfoFile.Encode(ours, Trackers, WebSeeds, DateTimeOffset.UnixEpoch, "Distribution");
        Assert.True(TorrentMetainfo.TryParse(file, out TorrentMetainfo? read, out string? error), error);
        Assert.Equal(ours.Versions, read.Versions);
        Assert.Equal(ours.InfoHash, read.V1?.InfoHash);
        Assert.Equal(ours.InfoHashV2, read.V2?.InfoHash);
        Assert.Equal(Trackers, read.Trackers);
        Assert.Equal(WebSeeds, read.WebSeeds);
        Assert.Equal(made.Case.IsPrivate, read.V1?.IsPrivate ?? read.V2!.IsPrivate);
        (string, long)[] theirFiles =
        [
            .. theirs.GetProperty("files").EnumerateArray().Select(item => (item[0].GetString()!, item[1].GetInt64())),
        ];
        if (read.V1 is { } v1)
        {
            Assert.Equal(
                theirFiles,
                v1.Files.Where(entry => !entry.IsPadding)
                    .Select(entry => (Join(v1.Name, entry.Path), entry.LengthBytes))
            );
            Assert.True(MetainfoFile.TryParse(file, out MetainfoFile? v1Half, out error), error);
            Assert.Equal(ours.InfoHash, v1Half.Info.InfoHash);
        }
        if (read.V2 is { } v2)
        {
            Assert.Equal(theirFiles, v2.Files.Select(entry => (Join(v2.Name, entry.Path), entry.LengthBytes)));
            Assert.Equal(theirs.GetProperty("pieces").GetInt32(), v2.PieceCount);
            Assert.Equal(v2.Files.Select(entry => entry.PiecesRoot), read.Layers.Select(layer => layer?.Root));
        }
    }

    private static string Join(string name, IReadOnlyList<string> path) => string.Join('/', [name, .. path]);

    private MadeCase Make(TorrentCase @case)
    {
        DirectoryInfo parent = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N"));
        var files = new List<object[]>();
        if (@case.Folder is null)
        {
            File.WriteAllBytes(Path.Combine(parent.FullName, @case.Name), @case.SingleFile!);
            files.Add([@case.Name, @case.SingleFile!.Length]);
        }
        foreach ((string[] path, byte[] content) in @case.Folder ?? [])
        {
            string relative = Join(@case.Name, path);
            string absolute = Path.Combine(parent.FullName, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(absolute)!);
            File.WriteAllBytes(absolute, content);
            files.Add([relative, content.Length]);
        }

        var infos = new Dictionary<string, EncodedInfo>
        {
            ["V1"] = @case.Encode(TorrentVersions.V1, isPadded: false),
            ["V2"] = @case.Encode(TorrentVersions.V2, isPadded: false),
            ["Hybrid"] = @case.Encode(TorrentVersions.Hybrid, isPadded: true),
        };
        if (@case.Folder is not null)
            infos.Add("V1Padded", @case.Encode(TorrentVersions.V1, isPadded: true));
        var torrents = new Dictionary<string, string>();
        foreach ((string version, EncodedInfo info) in infos)
        {
            string torrent = Path.Combine(parent.FullName, $"{version}.torrent");
            File.WriteAllBytes(
                torrent,
                MetainfoFile.Encode(info, Trackers, WebSeeds, DateTimeOffset.UnixEpoch, "Distribution")
            );
            torrents.Add(version, torrent);
        }
        return new MadeCase(
            @case,
            infos,
            new Question(parent.FullName, files, @case.PieceLengthBytes, @case.IsPrivate, torrents)
        );
    }

    private sealed record MadeCase(TorrentCase Case, Dictionary<string, EncodedInfo> Infos, Question Question);

#pragma warning disable IDE1006 // as JSON has it
    private sealed record Question(
        string parent,
        List<object[]> files,
        int pieceLength,
        bool isPrivate,
        Dictionary<string, string> torrents
    )
    {
        public override string ToString() => JsonSerializer.Serialize(this);
    }
#pragma warning restore IDE1006
}
