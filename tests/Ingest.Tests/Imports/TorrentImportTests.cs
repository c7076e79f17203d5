using System.Security.Cryptography;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Distribution.Ingest.Tests.Imports;

/// <summary>Imports of what has a torrent already, made by libtorrent: its info-hash is kept, and its bytes are checked.</summary>
public sealed class TorrentImportTests(TestSilo silo) : ImportTests(silo)
{
    private const int PieceLength = 65_536;

    [Theory]
    [InlineData("v1", false)]
    [InlineData("v1", true)]
    [InlineData("hybrid", true)]
    public async Task Torrent_of_a_file_keeps_its_info_hash(string kind, bool isPrivate)
    {
        await LibtorrentMaker.RequireAsync();
        byte[] content = await FileAsync("film.mp4", 700_001);
        string path = Path.Combine(Library, "film.mp4");
        byte[] torrent = await LibtorrentMaker.MakeAsync(path, kind, PieceLength, isPrivate);
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(server, new { source = new { path, torrent }, title = "Film" });
        await AssertKeptAsync(server, id, torrent, content, isPrivate);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("padded")]
    [InlineData("hybrid")]
    public async Task Torrent_of_a_folder_keeps_its_info_hash(string kind)
    {
        await LibtorrentMaker.RequireAsync();
        // Pieces of a torrent without padding span all of these.
        await FileAsync("Serie/a.mp4", 300_001);
        await FileAsync("Serie/sub/b.mp4", 10);
        await FileAsync("Serie/sub/c.mp4", 200_000);
        await FileAsync("Serie/z", PieceLength);
        string path = Path.Combine(Library, "Serie");
        byte[] torrent = await LibtorrentMaker.MakeAsync(path, kind, PieceLength);
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(server, new { source = new { folderPath = path, torrent } });
        Assert.True(MetainfoFile.TryParse(torrent, out MetainfoFile? metainfo, out _));
        var content = new MemoryStream();
        foreach (TorrentFileEntry file in metainfo.Info.Files.Where(file => !file.IsPadding))
            content.Write(await File.ReadAllBytesAsync(Path.Combine([path, .. file.Path])));
        await AssertKeptAsync(server, id, torrent, content.ToArray(), isPrivate: false);
        Assert.Equal(4, FileRecords.Find(id)!.FolderFileCount);
    }

    [Theory]
    [InlineData("v1", 0)]
    [InlineData("v1", 7)]
    [InlineData("padded", 4)]
    [InlineData("hybrid", 9)]
    public async Task Bytes_that_do_not_fit_fail_with_the_first_bad_piece(string kind, int badPiece)
    {
        await LibtorrentMaker.RequireAsync();
        await FileAsync("Serie/a.mp4", 300_001);
        await FileAsync("Serie/b.mp4", 400_000);
        string path = Path.Combine(Library, "Serie");
        byte[] torrent = await LibtorrentMaker.MakeAsync(path, kind, PieceLength);
        Assert.True(MetainfoFile.TryParse(torrent, out MetainfoFile? metainfo, out _));
        await DamageAsync(path, metainfo.Info, badPiece);
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(server, new { source = new { path, torrent } });
        (PublishedFile record, _) = await FailedAsync(server, id);
        Assert.Contains($"Piece {badPiece} ", record.FailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("padded")]
    public async Task Check_goes_on_in_the_middle_of_a_piece_after_a_restart(string kind)
    {
        await LibtorrentMaker.RequireAsync();
        await FileAsync("Serie/a.mp4", 300_001);
        await FileAsync("Serie/b.mp4", 400_000);
        string path = Path.Combine(Library, "Serie");
        byte[] torrent = await LibtorrentMaker.MakeAsync(path, kind, PieceLength);
        StoppableSource? source = null;
        string id;
        await using (IngestServer server = await StartAsync(null, b => Wrap(b, r => source = new(r, 450_000))))
        {
            id = await ImportAsync(server, new { source = new { path, torrent } });
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
        }
        await using IngestServer again = await StartAsync(null, b => Wrap(b, r => source = new(r)));
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.True(MetainfoFile.TryParse(torrent, out MetainfoFile? metainfo, out _));
        Assert.Equal(metainfo.Info.InfoHash, file.Content!.InfoHash);
        // From the start of the piece that was half there, and no further back.
        Assert.InRange(Assert.Single(source!.Offsets), 450_000 - PieceLength, 450_000 - 1);
    }

    [Fact]
    public async Task Torrents_that_cannot_be_kept_are_refused()
    {
        await LibtorrentMaker.RequireAsync();
        await FileAsync("Serie/a.mp4", 100_000);
        await FileAsync("Serie/b.mp4", 100_000);
        string path = Path.Combine(Library, "Serie");
        byte[] v1 = await LibtorrentMaker.MakeAsync(path, "v1", PieceLength);
        byte[] v2 = await LibtorrentMaker.MakeAsync(path, "v2", PieceLength);
        await using IngestServer server = await StartAsync();
        await RefusedAsync(server, new { source = new { path, torrent = v2 } }, 422, "invalid-torrent");
        await RefusedAsync(server, new { source = new { path, torrent = v1[..^40] } }, 422, "invalid-torrent");
        await RefusedAsync(server, new { source = new { path, torrent = v1 }, name = "b" }, 400, "invalid-request");
        await RefusedAsync(
            server,
            new { source = new { path = Path.Combine(path, "a.mp4"), torrent = v1 } },
            422,
            "invalid-source"
        );
        await RefusedAsync(
            server,
            new { source = new { url = "http://127.0.0.1:1/a", torrent = v1 } },
            422,
            "invalid-source"
        );
        await FileAsync("Serie/a.mp4", 100_001);
        await RefusedAsync(server, new { source = new { path, torrent = v1 } }, 422, "invalid-source");
        File.Delete(Path.Combine(path, "a.mp4"));
        await RefusedAsync(server, new { source = new { path, torrent = v1 } }, 422, "invalid-source");
    }

    [Fact]
    public async Task Torrent_of_a_file_at_an_address_keeps_its_info_hash()
    {
        await LibtorrentMaker.RequireAsync();
        byte[] content = await FileAsync("film.mp4", 700_001);
        byte[] torrent = await LibtorrentMaker.MakeAsync(Path.Combine(Library, "film.mp4"), "v1", PieceLength);
        await using Origin origin = await Origin.StartAsync(content);
        origin.BreakAt = 500_000;
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(server, new { source = new { url = origin.Url, torrent } });
        await AssertKeptAsync(server, id, torrent, content, isPrivate: false);
        Assert.Equal(["HEAD", "GET", $"GET bytes={500_000 / PieceLength * PieceLength}-"], origin.Requests);
    }

    private static async Task RefusedAsync(IngestServer server, object request, int status, string slug)
    {
        using HttpResponseMessage response = await TryImportAsync(server, request);
        await Tus.AssertProblemAsync(response, status, slug);
    }

    private static async Task AssertKeptAsync(
        IngestServer server,
        string id,
        byte[] torrent,
        byte[] content,
        bool isPrivate
    )
    {
        PublishedFile file = await PublishedAsync(id, content);
        Assert.True(TorrentMetainfo.TryParse(torrent, out TorrentMetainfo? original, out _));
        byte[] served = await server.Client.GetByteArrayAsync($"/torrents/{id}.torrent");
        Assert.True(TorrentMetainfo.TryParse(served, out TorrentMetainfo? now, out string? error), error);
        Assert.Equal(original.V1!.InfoHash, now.V1!.InfoHash);
        Assert.Equal(original.V2?.InfoHash, now.V2?.InfoHash);
        Assert.Equal(isPrivate, now.V1.IsPrivate);
        Assert.Equal(original.V1.InfoHash, file.Content!.InfoHash);
        Assert.Equal(original.V2?.InfoHash, file.Content.InfoHashV2);
        Assert.Equal(PieceLength, file.Content.PieceLengthBytes);
        Assert.Equal(original.V1.PieceCount, file.Content.PieceCount);
        Assert.Equal([$"{IngestServer.PublicBase}/announce"], now.Trackers);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content.Sha256);
    }

    // One byte of a file that lies in the piece.
    private static async Task DamageAsync(string folder, TorrentInfo torrent, int piece)
    {
        long position = (long)piece * torrent.PieceLengthBytes + 5;
        long start = 0;
        foreach (TorrentFileEntry file in torrent.Files)
        {
            if (position < start + file.LengthBytes)
            {
                Assert.False(file.IsPadding);
                string path = Path.Combine([folder, .. file.Path]);
                byte[] bytes = await File.ReadAllBytesAsync(path);
                bytes[position - start] ^= 0x40;
                await File.WriteAllBytesAsync(path, bytes);
                return;
            }
            start += file.LengthBytes;
        }
        Assert.Fail("There is no such piece.");
    }

    private static void Wrap(
        Microsoft.AspNetCore.Builder.WebApplicationBuilder builder,
        Func<ISourceReader, ISourceReader> wrap
    )
    {
        builder.Services.RemoveAll<ISourceReader>();
        builder.Services.AddSingleton(services => wrap(new FilesReader(services.GetRequiredService<ImportRoots>())));
    }
}
