using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Torrents;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.Tests.Pieces;

/// <summary>From a manifest in the store to the .torrent that viewers get, over HTTP and over a restart.</summary>
public sealed class PublishedTorrentTests(TestSilo silo) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Hybrids_of_files_and_folders_are_published_with_their_piece_layers()
    {
        ContentCase[] cases =
        [
            ContentCase.File(1_300_001, 65536, TorrentFormat.Hybrid),
            ContentCase.Folder(32768, TorrentFormat.Hybrid, 500_000, 0, 1, 32768, 300_000),
            ContentCase.Folder(32768, TorrentFormat.V1, 500_000, 0, 1, 32768),
        ];
        foreach (ContentCase content in cases)
        {
            string id = content.Manifest.FileId;
            int half = content.Content.Length / 2 + 77;
            await using (IngestServer first = await IngestServer.StartAsync(silo.Grains, _folder.Path))
            {
                await PlaceAsync(first, content.Manifest);
                using HttpResponseMessage start = await Tus.PatchAsync(first.Client, id, 0, content.Content[..half]);
                Assert.Equal(HttpStatusCode.NoContent, start.StatusCode);
            }
            await using IngestServer server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
            using HttpResponseMessage rest = await Tus.PatchAsync(server.Client, id, half, content.Content[half..]);
            Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
            PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
            FinishedTorrent expected = content.Expected();
            Assert.Equal(expected.Content, file.Content);

            byte[] torrent = await server.Client.GetByteArrayAsync($"/torrents/{id}.torrent");
            Assert.True(TorrentMetainfo.TryParse(torrent, out TorrentMetainfo? metainfo, out string? error), error);
            Assert.Equal(expected.Content.InfoHash, metainfo.V1!.InfoHash);
            Assert.Equal(expected.Content.InfoHashV2, metainfo.V2?.InfoHash);
            Assert.Equal(
                content.Manifest.Format == TorrentFormat.Hybrid ? TorrentVersions.Hybrid : TorrentVersions.V1,
                metainfo.Versions
            );
        }
    }

    [Fact]
    public async Task A_folder_that_can_be_no_torrent_fails_and_is_removed()
    {
        ContentManifest manifest = ContentCase.Folder(16384, TorrentFormat.Hybrid, 10, 20).Manifest with
        {
            Files = [new ContentFile("a", 10), new ContentFile("a/b", 20)],
        };
        await using IngestServer server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        await PlaceAsync(server, manifest);
        (await Tus.PatchAsync(server.Client, manifest.FileId, 0, new byte[30])).Dispose();
        PublishedFile file = await FileRecords.WhenAsync(manifest.FileId, FileState.Failed);
        Assert.Contains("No torrent can be made of it", file.FailureReason, StringComparison.Ordinal);
        Assert.Contains("a/b", file.FailureReason, StringComparison.Ordinal);
        using HttpResponseMessage head = await Tus.HeadAsync(server.Client, manifest.FileId);
        Assert.Equal(HttpStatusCode.Gone, head.StatusCode);
    }

    private static async Task PlaceAsync(IngestServer server, ContentManifest manifest)
    {
        IContentStore store = server.Services.GetRequiredService<IContentStore>();
        await (await store.CreateAsync(manifest, default))!.DisposeAsync();
        FileRecords.Set(Ingest.Uploads.UploadRecord.Of(manifest));
    }
}
