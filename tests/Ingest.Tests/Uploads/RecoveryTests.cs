using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

public sealed class RecoveryTests(TestSilo silo, ITestOutputHelper output) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Upload_goes_on_after_a_restart()
    {
        byte[] content = Tus.RandomBytes(5_000_000);
        string id;
        await using (IngestServer server = await IngestServer.StartAsync(silo.Grains, _folder.Path))
        {
            id = await Tus.CreatedAsync(server.Client, content.Length);
            (await Tus.PatchAsync(server.Client, id, 0, content[..3_333_333])).Dispose();
        }
        await using IngestServer again = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        Assert.Equal(3_333_333, await Tus.OffsetAsync(again.Client, id));
        using var rest = await Tus.PatchAsync(again.Client, id, 3_333_333, content[3_333_333..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
    }

    [Fact]
    public async Task File_that_was_stored_and_not_published_is_published_at_the_next_start()
    {
        byte[] content = Tus.RandomBytes(500_000);
        string id;
        const string name = "nobody-hears-of-it.mp4";
        await using (IngestServer server = await IngestServer.StartAsync(silo.Grains, _folder.Path))
        {
            id = await Tus.CreatedAsync(server.Client, content.Length, name);
            FileRecords.Unreachable[name] = true;
            using var response = await Tus.PatchAsync(server.Client, id, 0, content);
            // The bytes are safe, so the client is done, whoever does not answer.
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
            Assert.Equal(FileState.Uploading, FileRecords.Find(id)!.State);
        }
        FileRecords.Unreachable.TryRemove(name, out _);
        await using IngestServer again = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
    }

    [Fact]
    public async Task Stale_upload_is_given_up()
    {
        string id;
        await using (IngestServer server = await IngestServer.StartAsync(silo.Grains, _folder.Path))
        {
            id = await Tus.CreatedAsync(server.Client, 1000);
            (await Tus.PatchAsync(server.Client, id, 0, new byte[10])).Dispose();
        }
        string journal = Path.Combine(_folder.Path, "content", "uploads", id, "journal");
        File.SetLastWriteTimeUtc(journal, File.GetLastWriteTimeUtc(journal).AddDays(-8));
        await using IngestServer again = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        await FileRecords.WhenAsync(id, FileState.Failed);
        using var head = await Tus.HeadAsync(again.Client, id);
        Assert.Equal(HttpStatusCode.Gone, head.StatusCode);
    }

    /// <summary>A real process, killed with SIGKILL at random moments of an upload, again and again.</summary>
    [Fact]
    public async Task Killed_server_never_loses_what_it_acknowledged()
    {
        const int size = 160_000_000;
        byte[] content = Tus.RandomBytes(size);
        var random = new Random(7);
        string? id = null;
        long acknowledged = 0;
        int kills = 0;
        while (kills < 5)
        {
            await using ChildServer child = await ChildServer.StartAsync(_folder.Path);
            using HttpClient client = ClientOf(child);
            id ??= await Tus.CreatedAsync(client, size);
            long offset = await Tus.OffsetAsync(client, id);
            Assert.InRange(offset, acknowledged, size);
            acknowledged = offset;
            // Now and then a short PATCH that is acknowledged, then a long one in whose middle the server dies.
            if (kills % 2 == 0 && offset + 1_000_000 < size)
            {
                using var response = await Tus.PatchAsync(
                    client,
                    id,
                    offset,
                    content[(int)offset..(int)(offset + 1_000_000)]
                );
                acknowledged = Tus.OffsetOf(response);
            }
            if (acknowledged == size)
                break;
            long killAt = random.NextInt64(1_000_000, 60_000_000);
            var body = new CountedContent(content.AsMemory((int)acknowledged), killAt);
            Task<HttpResponseMessage> patch = Tus.PatchAsync(client, id, acknowledged, body);
            await Task.WhenAny(body.Reached, patch);
            await child.KillAsync();
            kills++;
            output.WriteLine($"killed after about {killAt} bytes of a PATCH at {acknowledged}");
            await Assert.ThrowsAnyAsync<Exception>(() => patch);
        }
        await using ChildServer last = await ChildServer.StartAsync(_folder.Path);
        using HttpClient lastClient = ClientOf(last);
        long resumed = await Tus.OffsetAsync(lastClient, id!);
        output.WriteLine($"last resume at {resumed}, acknowledged {acknowledged}");
        Assert.InRange(resumed, Math.Max(acknowledged, 1), size);
        using var rest = await Tus.PatchAsync(lastClient, id!, resumed, content[(int)resumed..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        byte[] torrent = await lastClient.GetByteArrayAsync($"/torrents/{id}.torrent");
        Assert.True(BitTorrent.Metainfo.MetainfoFile.TryParse(torrent, out var metainfo, out _));
        for (int piece = 0; piece < metainfo!.Info.PieceCount; piece++)
        {
            byte[] hash = SHA1.HashData(
                content.AsSpan(piece * metainfo.Info.PieceLengthBytes, metainfo.Info.PieceSizeBytes(piece))
            );
            Assert.True(hash.AsSpan().SequenceEqual(metainfo.Info.PieceHash(piece)), $"piece {piece}");
        }
        using var get = await lastClient.GetAsync($"/webseed/{id}/film.mp4");
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"", get.Headers.ETag!.Tag);
        Assert.Equal(content, await get.Content.ReadAsByteArrayAsync());
    }

    private static HttpClient ClientOf(ChildServer child)
    {
        var client = new HttpClient { BaseAddress = child.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestKeys.Publisher);
        client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
        return client;
    }

    /// <summary>A body that tells when so much of it was handed to the socket.</summary>
    private sealed class CountedContent(ReadOnlyMemory<byte> bytes, long mark) : HttpContent
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (int at = 0; at < bytes.Length; at += 65_536)
            {
                await stream.WriteAsync(bytes[at..Math.Min(bytes.Length, at + 65_536)]);
                if (at + 65_536 >= mark)
                    _reached.TrySetResult();
            }
            _reached.TrySetResult();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
