using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.BitTorrent.Tests.Metainfo;

public sealed class TorrentInfoTests
{
    [Theory]
    [InlineData(0, 16384, 0, 0)]
    [InlineData(1, 16384, 1, 1)]
    [InlineData(16384, 16384, 1, 16384)]
    [InlineData(16385, 16384, 2, 1)]
    [InlineData(100_000, 16384, 7, 1696)]
    public void A_file_round_trips(int size, int pieceLength, int pieceCount, int lastPieceSize)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        byte[] encoded = Torrents.SingleFileInfo("video ü.mp4", content, pieceLength, isPrivate: true);

        TorrentInfo info = Torrents.Parse(encoded);

        Assert.Equal("video ü.mp4", info.Name);
        Assert.Equal(size, info.LengthBytes);
        Assert.Equal(pieceLength, info.PieceLengthBytes);
        Assert.Equal(pieceCount, info.PieceCount);
        Assert.True(info.IsPrivate);
        Assert.True(info.IsSingleFile);
        Assert.Equal(new TorrentFileEntry(info.Files[0].Path, size), Assert.Single(info.Files));
        Assert.Empty(info.Files[0].Path);
        Assert.Equal(SHA1.HashData(encoded), info.InfoHash.AsSpan().ToArray());
        Assert.True(info.Raw.Span.SequenceEqual(encoded));
        foreach ((byte[] piece, int index) in content.Chunk(pieceLength).Select((piece, index) => (piece, index)))
        {
            Assert.Equal(SHA1.HashData(piece), info.PieceHash(index).ToArray());
            Assert.Equal(piece.Length, info.PieceSizeBytes(index));
        }
        if (pieceCount > 0)
            Assert.Equal(lastPieceSize, info.PieceSizeBytes(pieceCount - 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(1 << 30)]
    public void A_piece_that_is_not_there_is_misuse(int index)
    {
        TorrentInfo info = Torrents.Parse(Torrents.Info());
        Assert.Throws<ArgumentOutOfRangeException>(() => info.PieceSizeBytes(index));
        Assert.Throws<ArgumentOutOfRangeException>(() => info.PieceHash(index).Length);
    }

    [Fact]
    public void Several_files_are_read_in_order()
    {
        string files =
            $"l{Torrents.File("i10e", "a.mp4")}{Torrents.File("i0e", "sub", "b.srt")}{Torrents.File("i7e", "c")}e";
        TorrentInfo info = Torrents.Parse(Torrents.Info(length: null, files: files));
        Assert.False(info.IsSingleFile);
        Assert.Equal(17, info.LengthBytes);
        Assert.Equal(["a.mp4", "sub/b.srt", "c"], info.Files.Select(file => string.Join('/', file.Path)));
        Assert.Equal([10, 0, 7], info.Files.Select(file => file.LengthBytes));
        Assert.False(info.IsPrivate);
    }

    [Theory]
    [InlineData("i1e", true)]
    [InlineData("i0e", false)]
    [InlineData("1:1", false)]
    [InlineData(null, false)]
    public void Private_is_the_integer_1(string? value, bool expected) =>
        Assert.Equal(expected, Torrents.Parse(Torrents.Info(isPrivate: value)).IsPrivate);

    public static TheoryData<string, byte[], string> Refusals =>
        new()
        {
            { "not bencode", "hello"u8.ToArray(), "bencode" },
            { "nothing", [], "bencode" },
            { "trailing bytes", [.. Torrents.Info(), (byte)'e'], "TrailingBytes" },
            { "no dictionary", "le"u8.ToArray(), "no dictionary" },
            { "no name", Torrents.Info(name: null), "name" },
            { "a number for a name", Torrents.Info(name: "i1e"), "name" },
            { "a name that is no UTF-8", Encoding.Latin1.GetBytes("d4:name1:\u00ffe"), "name" },
            { "no piece length", Torrents.Info(pieceLength: null), "piece length" },
            { "piece length 0", Torrents.Info(pieceLength: "i0e"), "piece length" },
            { "negative piece length", Torrents.Info(pieceLength: "i-16384e"), "piece length" },
            { "piece length above 64 MiB", Torrents.Info(pieceLength: "i67108865e"), "piece length" },
            { "huge piece length", Torrents.Info(pieceLength: $"i{long.MaxValue}e"), "piece length" },
            { "no pieces", Torrents.Info(pieces: null), "piece hashes" },
            { "a number for pieces", Torrents.Info(pieces: "i20e"), "piece hashes" },
            { "a list for pieces", Torrents.Info(pieces: "le"), "piece hashes" },
            { "19 bytes of pieces", Torrents.Info(pieces: "19:0123456789012345678"), "piece hashes" },
            { "too many pieces", Torrents.Info(pieces: $"40:{new string('x', 40)}"), "need 1 piece hashes, not 2" },
            { "too few pieces", Torrents.Info(length: "i16385e"), "need 2 piece hashes, not 1" },
            { "pieces for an empty file", Torrents.Info(length: "i0e"), "need 0 piece hashes, not 1" },
            { "no length", Torrents.Info(length: null), "length" },
            { "negative length", Torrents.Info(length: "i-1e"), "length" },
            { "a list for a length", Torrents.Info(length: "le"), "length" },
            { "the largest length", Torrents.Info(length: $"i{long.MaxValue}e"), "2^62" },
            { "2^62 bytes in one piece", Torrents.Info(length: $"i{1L << 62}e"), "piece hashes" },
            { "length and files", Torrents.Info(files: $"l{Torrents.File("i1e", "a")}e"), "beside a length" },
            { "no files", Torrents.Info(length: null, files: "le"), "empty" },
            { "files as a dictionary", Torrents.Info(length: null, files: "de"), "no list" },
            { "files as a number beside nothing", Torrents.Info(length: null, files: "i1e"), "no list" },
            { "a file that is no dictionary", Torrents.Info(length: null, files: "li1ee"), "File 0" },
            { "a file without a path", Torrents.Info(length: null, files: "ld6:lengthi1eee"), "File 0" },
            { "an empty path", Torrents.Info(length: null, files: $"l{Torrents.File("i1e")}e"), "File 0" },
            { "a negative size", Files(Torrents.File("i1e", "a"), Torrents.File("i-1e", "b")), "File 1" },
            {
                "sizes that overflow together",
                Files([.. Enumerable.Repeat(Torrents.File($"i{1L << 61}e", "a"), 3)]),
                "2^62"
            },
            {
                "sizes that overflow to a small number",
                Files(
                    Torrents.File($"i{long.MaxValue}e", "a"),
                    Torrents.File($"i{long.MaxValue}e", "b"),
                    Torrents.File("i3e", "c")
                ),
                "2^62"
            },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses(string what, byte[] info, string expected)
    {
        Assert.False(TorrentInfo.TryParse(info, out TorrentInfo? parsed, out string? error), what);
        Assert.Null(parsed);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("..\\up")]
    [InlineData("C:\\Windows")]
    [InlineData("C:relative")]
    [InlineData("c:")]
    [InlineData("a\0b")]
    [InlineData("two\nlines")]
    [InlineData("\u001b[2Jclears the screen")]
    [InlineData("\u0085")]
    public void Names_that_could_leave_their_folder_or_harm_a_terminal_are_refused(string name)
    {
        Assert.False(TorrentInfo.IsSafePathElement(name));
        Assert.False(TorrentInfo.TryParse(Torrents.Info(name: Torrents.Text(name)), out _, out _));
        Assert.False(TorrentInfo.TryParse(Files(Torrents.File("i1e", "ok", name)), out _, out _));
    }

    [Theory]
    [InlineData("video.mp4")]
    [InlineData("Part 1: The Beginning.mkv")]
    [InlineData("...")]
    [InlineData("..hidden")]
    [InlineData("映画 🎬.webm")]
    [InlineData("100% & more? \"quoted\".mp4")]
    public void Other_names_are_kept_as_they_are(string name) =>
        Assert.Equal(name, Torrents.Parse(Torrents.Info(name: Torrents.Text(name))).Name);

    [Fact]
    public void A_flood_of_files_is_bounded()
    {
        string files = $"l{string.Concat(Enumerable.Repeat(Torrents.File("i0e", "a"), 200_000))}e";
        Assert.False(
            TorrentInfo.TryParse(Torrents.Info(length: null, pieces: "0:", files: files), out _, out string? error)
        );
        Assert.Contains("TooManyTokens", error, StringComparison.Ordinal);
    }

    private static byte[] Files(params string[] files) =>
        Torrents.Info(length: null, files: $"l{string.Concat(files)}e");
}
