using System.Security.Cryptography;
using Distribution.BitTorrent.Metainfo;
using Distribution.Tests.Shared;

namespace Distribution.BitTorrent.Tests.Metainfo;

/// <summary>Other people's programs are the judges: mktorrent makes files, Transmission and libtorrent read ours.</summary>
public sealed class RealToolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metainfo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_of_mktorrent_is_read_as_others_read_it(bool isPrivate)
    {
        byte[] content = await WriteAsync("movie ü.bin", 300_000);
        string torrent = PathOf("made.torrent");
        string[] options = isPrivate ? ["-p"] : [];
        await RunAsync(
            "mktorrent",
            [
                .. options,
                "-a",
                "http://t.example/announce",
                "-w",
                "http://w.example/",
                "-l",
                "15",
                "-o",
                torrent,
                PathOf("movie ü.bin"),
            ]
        );

        MetainfoFile file = await ReadAsync(torrent);

        Assert.Equal("movie ü.bin", file.Info.Name);
        Assert.Equal(300_000, file.Info.LengthBytes);
        Assert.Equal(32768, file.Info.PieceLengthBytes);
        Assert.Equal(isPrivate, file.Info.IsPrivate);
        Assert.Equal(["http://t.example/announce"], file.Trackers);
        Assert.Equal(["http://w.example/"], file.WebSeeds);
        AssertPieces(content, file.Info);
        await AssertOthersAgreeAsync(torrent, file.Info.InfoHash);

        // What we would make of the same file is the same torrent.
        byte[] ours = Torrents.SingleFileInfo("movie ü.bin", content, 32768, isPrivate);
        Assert.Equal(file.Info.InfoHash, InfoHash.OfInfoDictionary(ours));
    }

    [Fact]
    public async Task A_folder_of_mktorrent_is_read_as_others_read_it()
    {
        byte[] first = await WriteAsync("show/a.bin", 70_000);
        byte[] second = await WriteAsync("show/sub/b.bin", 40_000);
        string torrent = PathOf("made.torrent");
        await RunAsync(
            "mktorrent",
            ["-a", "http://t.example/a", "-a", "udp://u.example:1/a", "-l", "15", "-o", torrent, PathOf("show")]
        );

        MetainfoFile file = await ReadAsync(torrent);

        Assert.False(file.Info.IsSingleFile);
        Assert.Equal("show", file.Info.Name);
        Assert.Equal(110_000, file.Info.LengthBytes);
        Assert.Equal(["http://t.example/a", "udp://u.example:1/a"], file.Trackers);
        var contents = new Dictionary<string, byte[]> { ["a.bin"] = first, ["sub/b.bin"] = second };
        AssertPieces([.. file.Info.Files.SelectMany(entry => contents[string.Join('/', entry.Path)])], file.Info);
        await AssertOthersAgreeAsync(torrent, file.Info.InfoHash);
    }

    [Fact]
    public async Task Others_read_what_we_encode()
    {
        byte[] info = Torrents.SingleFileInfo("ours ü.mp4", new byte[1_000_000], 262_144, isPrivate: true);
        byte[] encoded = MetainfoFile.Encode(
            info,
            ["http://t.example:8080/announce"],
            ["http://w.example/webseed/1/ours%20%C3%BC.mp4"],
            new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero),
            "Distribution"
        );
        string torrent = PathOf("ours.torrent");
        await File.WriteAllBytesAsync(torrent, encoded, TestContext.Current.CancellationToken);

        string shown = await RunAsync("transmission-show", [torrent]);

        Assert.Contains("Name: ours ü.mp4", shown, StringComparison.Ordinal);
        Assert.Contains("Privacy: Private torrent", shown, StringComparison.Ordinal);
        Assert.Contains("http://t.example:8080/announce", shown, StringComparison.Ordinal);
        Assert.Contains("http://w.example/webseed/1/ours%20%C3%BC.mp4", shown, StringComparison.Ordinal);
        await AssertOthersAgreeAsync(torrent, InfoHash.OfInfoDictionary(info));
    }

    private static void AssertPieces(byte[] content, TorrentInfo info)
    {
        byte[][] pieces = [.. content.Chunk(info.PieceLengthBytes)];
        Assert.Equal(pieces.Length, info.PieceCount);
        for (int i = 0; i < pieces.Length; i++)
            Assert.Equal(SHA1.HashData(pieces[i]), info.PieceHash(i).ToArray());
    }

    private static async Task AssertOthersAgreeAsync(string torrent, InfoHash infoHash)
    {
        string transmission = await RunAsync("transmission-show", [torrent]);
        Assert.Contains($"Hash: {infoHash}\n", transmission, StringComparison.Ordinal);
        const string script = "import sys, libtorrent; print(libtorrent.torrent_info(sys.argv[1]).info_hashes().v1)";
        string libtorrent = await RunAsync("/usr/bin/python3", ["-c", script, torrent]);
        Assert.Equal(infoHash.ToString(), libtorrent.Trim());
    }

    private static async Task<MetainfoFile> ReadAsync(string torrent)
    {
        byte[] encoded = await File.ReadAllBytesAsync(torrent, TestContext.Current.CancellationToken);
        Assert.True(MetainfoFile.TryParse(encoded, out MetainfoFile? file, out string? error), error);
        return file;
    }

    private static async Task<string> RunAsync(string program, string[] arguments) =>
        (await ExternalTool.RunAsync(program, arguments)).Succeeded();

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task<byte[]> WriteAsync(string name, int sizeBytes)
    {
        var content = new byte[sizeBytes];
        new Random(sizeBytes).NextBytes(content);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        await File.WriteAllBytesAsync(PathOf(name), content, TestContext.Current.CancellationToken);
        return content;
    }
}
