using Distribution.BitTorrent.Metainfo;
using static Distribution.BitTorrent.Tests.MetainfoV2.EditableTorrent;

namespace Distribution.BitTorrent.Tests.MetainfoV2;

/// <summary>One spoilt place each: refused with a text, never an exception.</summary>
public sealed class HostileTorrentTests
{
    private const int PieceLength = 32768;

    private static readonly TorrentCase Folder = new(
        "show",
        [
            (["a", "long.mp4"], Content(100_000, 1)),
            (["b.srt"], Content(20_000, 2)),
            (["empty"], []),
            (["z.mp4"], Content(65_536, 3)),
        ],
        null,
        PieceLength,
        IsPrivate: true
    );

    private static readonly byte[] Hybrid = Encode(Folder, TorrentVersions.Hybrid);
    private static readonly byte[] V2 = Encode(Folder, TorrentVersions.V2);

    private static readonly Dictionary<string, Action<EditableTorrent>> SpoiltV2 = new()
    {
        ["no file tree"] = t => t.At("info").Remove("file tree"),
        ["no meta version"] = t => t.At("info").Remove("meta version"),
        ["a newer meta version"] = t => t.At("info")["meta version"] = 3L,
        ["meta version 1"] = t => t.At("info")["meta version"] = 1L,
        ["a meta version of text"] = t => t.At("info")["meta version"] = Text("2"),
        ["no name"] = t => t.At("info").Remove("name"),
        ["a name that climbs"] = t => t.At("info")["name"] = Text(".."),
        ["a name with a slash"] = t => t.At("info")["name"] = Text("a/b"),
        ["a piece length of no power of two"] = t => t.At("info")["piece length"] = 40_000L,
        ["pieces below 16 KiB"] = t => t.At("info")["piece length"] = 8192L,
        ["huge pieces"] = t => t.At("info")["piece length"] = 1L << 40,
        ["negative pieces"] = t => t.At("info")["piece length"] = long.MinValue,
        ["a file tree of text"] = t => t.At("info")["file tree"] = Text("x"),
        ["an empty file tree"] = t => t.At("info")["file tree"] = Dictionary(),
        ["a file tree that is a file"] = t => t.At("info")["file tree"] = Dictionary(("", Dictionary(("length", 0L)))),
        ["an empty folder"] = t => t.At("info", "file tree")["c"] = Dictionary(),
        ["a folder of a number"] = t => t.At("info", "file tree")["c"] = 1L,
        ["a file of a number"] = t => t.At("info", "file tree")["c"] = Dictionary(("", 1L)),
        ["a file with a file below"] = t => t.At("info", "file tree", "b.srt")["x"] = FileOf(0),
        ["a name .."] = t => t.At("info", "file tree")[".."] = FileOf(0),
        ["a name . deep down"] = t => t.At("info", "file tree", "a")["."] = FileOf(0),
        ["a name with a backslash"] = t => t.At("info", "file tree")["a\\b"] = FileOf(0),
        ["a name with a NUL"] = t => t.At("info", "file tree")["a\0"] = FileOf(0),
        ["a name with a drive"] = t => t.At("info", "file tree")["C:x"] = FileOf(0),
        ["a name of no UTF-8"] = t => t.At("info", "file tree")["\u00ff"] = FileOf(0),
        ["an overlong slash"] = t => t.At("info", "file tree")["\u00c0\u00af"] = FileOf(0),
        ["33 folders"] = t => Nest(t, 33),
        ["a negative size"] = t => Leaf(t, "b.srt")["length"] = -1L,
        ["a size beyond 2^62"] = t => Leaf(t, "b.srt")["length"] = long.MaxValue,
        ["more pieces than are allowed"] = t => Leaf(t, "b.srt")["length"] = 1L << 50,
        ["no size"] = t => Leaf(t, "b.srt").Remove("length"),
        ["a size of text"] = t => Leaf(t, "b.srt")["length"] = Text("5"),
        ["no root"] = t => Leaf(t, "b.srt").Remove("pieces root"),
        ["a short root"] = t => Leaf(t, "b.srt")["pieces root"] = new byte[31],
        ["a root of zeros"] = t => Leaf(t, "b.srt")["pieces root"] = new byte[32],
        ["an empty file with a root"] = t => Leaf(t, "empty")["pieces root"] = new byte[32],
        ["a symlink"] = t => Leaf(t, "empty")["attr"] = Text("l"),
        ["no piece layers"] = t => t.At().Remove("piece layers"),
        ["piece layers of text"] = t => t.At()["piece layers"] = Text("x"),
        ["a missing layer"] = t => t.At("piece layers").Remove(RootKey(t, "z.mp4")),
        ["a layer of no file"] = t => t.At("piece layers")[new string('x', 32)] = new byte[64],
        ["a layer whose key is no root"] = t => t.At("piece layers")["x"] = new byte[64],
        ["a layer of a number"] = t => t.At("piece layers")[RootKey(t, "z.mp4")] = 1L,
        ["a short layer"] = t => EditLayer(t, layer => layer[..^32]),
        ["a long layer"] = t => EditLayer(t, layer => [.. layer, .. new byte[32]]),
        ["a layer of half a hash"] = t => EditLayer(t, layer => layer[..^1]),
        ["another hash in a layer"] = t => EditLayer(t, layer => [(byte)(layer[0] ^ 1), .. layer[1..]]),
        ["hashes changed about"] = t => EditLayer(t, layer => [.. layer[32..], .. layer[..32]]),
        ["a layer for a file of one piece"] = t => t.At("piece layers")[RootKey(t, "b.srt")] = new byte[32],
        ["another file's root"] = t => Leaf(t, "b.srt")["pieces root"] = Leaf(t, "z.mp4")["pieces root"],
        ["no info"] = t => t.At().Remove("info"),
        ["an info of text"] = t => t.At()["info"] = Text("x"),
    };

    private static readonly Dictionary<string, Action<EditableTorrent>> SpoiltHybrid = new()
    {
        ["v1 pieces missing"] = t => t.At("info").Remove("pieces"),
        ["v1 pieces too few"] = t => t.At("info")["pieces"] = ((byte[])t.At("info")["pieces"])[..^20],
        ["v1 files missing"] = t => t.At("info").Remove("files"),
        ["a v1 length beside the files"] = t => t.At("info")["length"] = 1L,
        ["a file in v1 alone"] = t => t.List("info", "files").Add(V1File(0, "more")),
        ["a file in v2 alone"] = t => t.At("info", "file tree")["zz"] = FileOf(0),
        ["another name in v1"] = t => V1FileAt(t, 0)["path"] = new List<object> { Text("a"), Text("other.mp4") },
        ["a path of one more name in v1"] = t => V1FileAt(t, 2)["path"] = new List<object> { Text("x"), Text("b.srt") },
        ["another order in v1"] = t => t.List("info", "files").Reverse(),
        ["an empty file elsewhere in v1"] = t => Move(t.List("info", "files"), from: 4, to: 0),
        ["other sizes in v1, the padding making up"] = t =>
        {
            V1FileAt(t, 2)["length"] = 20_001L;
            V1FileAt(t, 3)["length"] = PieceLength - 20_001L;
        },
        ["padding that is none"] = t => V1FileAt(t, 1).Remove("attr"),
        ["a file said to be padding"] = t => V1FileAt(t, 2)["attr"] = Text("p"),
        ["no padding in v1"] = t =>
        {
            t.List("info", "files").RemoveAt(3);
            t.List("info", "files").RemoveAt(1);
            int pieces = (100_000 + 20_000 + 65_536 + PieceLength - 1) / PieceLength;
            t.At("info")["pieces"] = new byte[20 * pieces];
        },
        ["a piece of padding too many"] = t =>
        {
            t.List("info", "files").Insert(0, V1File(PieceLength, ".pad", "32768"));
            ((SortedDictionary<string, object>)t.List("info", "files")[0])["attr"] = Text("p");
            t.At("info")["pieces"] = new byte[((byte[])t.At("info")["pieces"]).Length + 20];
        },
        ["a piece of padding too many at the end"] = t =>
        {
            SortedDictionary<string, object> padding = V1File(PieceLength, ".pad", "32768");
            padding["attr"] = Text("p");
            t.List("info", "files").Add(padding);
            t.At("info")["pieces"] = new byte[((byte[])t.At("info")["pieces"]).Length + 20];
        },
    };

    public static TheoryData<string> OfV2 => [.. SpoiltV2.Keys];

    public static TheoryData<string> OfHybrids => [.. SpoiltHybrid.Keys];

    [Fact]
    public void Unspoilt_they_are_read()
    {
        AssertRead(new EditableTorrent(Hybrid).Encode(), TorrentVersions.Hybrid);
        AssertRead(new EditableTorrent(V2).Encode(), TorrentVersions.V2);
    }

    [Theory]
    [MemberData(nameof(OfV2))]
    public void A_spoilt_v2_torrent_is_refused(string fault)
    {
        AssertRefused(V2, SpoiltV2[fault]);
        // A hybrid too: the v1 half does not make up for it.
        AssertRefused(Hybrid, SpoiltV2[fault]);
    }

    [Theory]
    [MemberData(nameof(OfHybrids))]
    public void A_hybrid_whose_halves_disagree_is_refused(string fault) => AssertRefused(Hybrid, SpoiltHybrid[fault]);

    [Fact]
    public void A_single_file_hybrid_has_one_name()
    {
        var single = new TorrentCase("movie.mp4", null, Content(50_000, 4), PieceLength, IsPrivate: false);
        byte[] hybrid = Encode(single, TorrentVersions.Hybrid);
        AssertRead(hybrid, TorrentVersions.Hybrid);
        AssertRefused(hybrid, t => t.At("info")["name"] = Text("other.mp4"));
        AssertRefused(hybrid, t => t.At("info")["length"] = 50_001L);
    }

    [Fact]
    public void The_version_is_judged_before_the_rest()
    {
        var torrent = new EditableTorrent(V2);
        torrent.At("info")["meta version"] = 3L;
        torrent.At("info").Remove("name");
        torrent.At("info").Remove("file tree");
        Assert.False(TorrentMetainfo.TryParse(torrent.Encode(), out _, out string? error));
        Assert.Contains("meta version 3", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Thirty_two_folders_are_read_by_every_reader()
    {
        string[] path = [.. Enumerable.Range(0, 32).Select(i => $"{i}")];
        var deep = new TorrentCase("deep", [(path, Content(10, 5)), (["x"], [])], null, PieceLength, IsPrivate: false);
        byte[] hybrid = Encode(deep, TorrentVersions.Hybrid);
        AssertRead(hybrid, TorrentVersions.Hybrid);
        Assert.True(MetainfoFile.TryParse(hybrid, out MetainfoFile? v1, out string? error), error);
        Assert.Equal(path, v1.Info.Files[0].Path);
    }

    [Fact]
    public void No_mutation_makes_the_parsers_throw()
    {
        var random = new Random(7);
        byte[][] seeds = [Hybrid, V2, Encode(Folder, TorrentVersions.V1)];
        int refused = 0;
        int read = 0;
        for (int i = 0; i < 30_000; i++)
        {
            byte[] mutant = Mutate([.. seeds[i % seeds.Length]], random);
            if (TorrentMetainfo.TryParse(mutant, out TorrentMetainfo? metainfo, out string? error))
            {
                read++;
                AssertSound(metainfo);
            }
            else
            {
                refused++;
                Assert.NotEmpty(error);
            }
            bool hasV1Half = MetainfoFile.TryParse(mutant, out _, out _);
            Assert.True(hasV1Half || metainfo?.V1 is null);
        }
        // Both happen: most bytes are hashes of v1, which nothing checks without the content.
        Assert.InRange(refused, 3_000, 29_000);
        Assert.InRange(read, 1_000, 27_000);
    }

    private static void AssertSound(TorrentMetainfo metainfo)
    {
        Assert.NotEqual(TorrentVersions.None, metainfo.Versions);
        if (metainfo.V2 is not { } v2)
            return;
        Assert.True(v2.PieceCount > 0);
        int next = 0;
        foreach (TorrentFileV2 file in v2.Files)
        {
            Assert.All(file.Path, element => Assert.True(TorrentInfo.IsSafePathElement(element)));
            Assert.Equal(next, file.FirstPiece);
            next += file.PieceCount;
            if (file.PieceCount == 0)
                continue;
            Assert.Same(file, v2.FileOfPiece(file.FirstPiece));
            Assert.Same(file, v2.FileOfPiece(next - 1));
            long last = file.LengthBytes - (long)(file.PieceCount - 1) * v2.PieceLengthBytes;
            Assert.Equal(last, v2.PieceSizeBytes(next - 1));
        }
        Assert.Equal(v2.PieceCount, next);
        Assert.Equal(v2.Files.Select(file => file.PieceCount), metainfo.Layers.Select(layer => layer?.PieceCount ?? 0));
    }

    private static byte[] Mutate(byte[] data, Random random)
    {
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(data.Length);
            switch (random.Next(5))
            {
                case 0:
                    data[at] = (byte)random.Next(256);
                    break;
                case 1:
                    data[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    data[at] = "0123456789dlie:"u8[random.Next(15)];
                    break;
                case 3:
                    data = [.. data[..at], .. data[Math.Min(data.Length, at + random.Next(1, 40))..], (byte)'e'];
                    break;
                default:
                    int from = random.Next(data.Length);
                    data = [.. data[..at], .. data[from..Math.Min(data.Length, from + 20)], .. data[at..]];
                    break;
            }
        }
        return data;
    }

    private static void AssertRead(byte[] torrent, TorrentVersions versions)
    {
        Assert.True(TorrentMetainfo.TryParse(torrent, out TorrentMetainfo? metainfo, out string? error), error);
        Assert.Equal(versions, metainfo.Versions);
        AssertSound(metainfo);
    }

    private static void AssertRefused(byte[] sound, Action<EditableTorrent> spoil)
    {
        var torrent = new EditableTorrent(sound);
        spoil(torrent);
        byte[] spoilt = torrent.Encode();
        Assert.NotEqual(sound, spoilt);
        Assert.False(TorrentMetainfo.TryParse(spoilt, out TorrentMetainfo? metainfo, out string? error));
        Assert.Null(metainfo);
        Assert.NotEmpty(error);
    }

    private static byte[] Encode(TorrentCase @case, TorrentVersions versions) =>
        MetainfoFile.Encode(
            @case.Encode(versions, isPadded: true),
            ["http://t/a"],
            [],
            DateTimeOffset.UnixEpoch,
            "test"
        );

    private static byte[] Content(int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static SortedDictionary<string, object> FileOf(long length) =>
        Dictionary(("", Dictionary(("length", length))));

    private static SortedDictionary<string, object> Leaf(EditableTorrent torrent, string name) =>
        torrent.At("info", "file tree", name, "");

    private static string RootKey(EditableTorrent torrent, string name) =>
        Key((byte[])Leaf(torrent, name)["pieces root"]);

    private static void EditLayer(EditableTorrent torrent, Func<byte[], byte[]> edit)
    {
        SortedDictionary<string, object> layers = torrent.At("piece layers");
        string key = RootKey(torrent, "z.mp4");
        layers[key] = edit((byte[])layers[key]);
    }

    private static void Nest(EditableTorrent torrent, int folders)
    {
        SortedDictionary<string, object> at = torrent.At("info", "file tree");
        for (int i = 0; i < folders - 1; i++)
        {
            SortedDictionary<string, object> below = Dictionary();
            at["n"] = below;
            at = below;
        }
        at["n"] = FileOf(0);
    }

    private static SortedDictionary<string, object> V1File(long length, params string[] path) =>
        Dictionary(("length", length), ("path", path.Select(element => (object)Text(element)).ToList()));

    private static SortedDictionary<string, object> V1FileAt(EditableTorrent torrent, int index) =>
        (SortedDictionary<string, object>)torrent.List("info", "files")[index];

    private static void Move(List<object> list, int from, int to)
    {
        object item = list[from];
        list.RemoveAt(from);
        list.Insert(to, item);
    }
}
