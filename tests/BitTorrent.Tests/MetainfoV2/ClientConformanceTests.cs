using System.Text.Json;
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
