using System.Net;
using System.Security.Cryptography;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>The protocol, chapter by chapter (https://tus.io/protocols/resumable-upload).</summary>
public sealed class TusTests(TestSilo silo) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private IngestServer _server = null!;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync() => _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Options_advertises()
    {
        using var response = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, Tus.Root));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("1.0.0", response.Headers.GetValues("Tus-Version").Single());
        Assert.Contains("creation", response.Headers.GetValues("Tus-Extension").Single().Split(','));
        Assert.Contains("termination", response.Headers.GetValues("Tus-Extension").Single().Split(','));
        Assert.Equal("1000000000000", response.Headers.GetValues("Tus-Max-Size").Single());
    }

    [Fact]
    public async Task Whole_flow_with_resume_publishes_the_right_hashes()
    {
        byte[] content = Tus.RandomBytes(3_000_001);
        string id = await Tus.CreatedAsync(Client, content.Length, "Der Fluß – Teil 1.mp4");
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(FileState.Uploading, FileRecords.Find(id)!.State);

        long offset = 0;
        foreach (int part in new[] { 1, 262_143, 1_000_000, content.Length })
        {
            Assert.Equal(offset, await Tus.OffsetAsync(Client, id));
            byte[] body = content[(int)offset..(int)Math.Min(content.Length, offset + part)];
            using var response = await Tus.PatchAsync(Client, id, offset, body);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
            offset += body.Length;
            Assert.Equal(offset, Tus.OffsetOf(response));
        }

        // The answer to the last PATCH comes with the file already published.
        PublishedFile file = FileRecords.Find(id)!;
        Assert.Equal(FileState.Published, file.State);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
        Assert.Equal(16 << 10, file.Content.PieceLengthBytes);
        Assert.Equal(184, file.Content.PieceCount);
        Assert.Equal("Der Fluß – Teil 1.mp4", file.Name);
        Assert.Equal("video/mp4", file.ContentType);

        byte[] torrent = await Client.GetByteArrayAsync($"/torrents/{id}.torrent");
        Assert.True(MetainfoFile.TryParse(torrent, out MetainfoFile? metainfo, out _));
        Assert.Equal(file.Content.InfoHash, metainfo!.Info.InfoHash);
        Assert.True(metainfo.Info.IsPrivate);
        Assert.Equal($"{IngestServer.PublicBase}/announce", metainfo.Trackers.Single());
        for (int piece = 0; piece < metainfo.Info.PieceCount; piece++)
        {
            ReadOnlySpan<byte> bytes = content.AsSpan(
                piece * metainfo.Info.PieceLengthBytes,
                metainfo.Info.PieceSizeBytes(piece)
            );
            Assert.True(SHA1.HashData(bytes).AsSpan().SequenceEqual(metainfo.Info.PieceHash(piece)), $"piece {piece}");
        }
        Uri webSeed = new(metainfo.WebSeeds.Single());
        Assert.Equal(content, await Client.GetByteArrayAsync(webSeed.PathAndQuery));
    }

    [Fact]
    public async Task Finished_upload_still_answers_HEAD_and_refuses_more()
    {
        byte[] content = Tus.RandomBytes(1000);
        PublishedFile file = await Tus.PublishAsync(Client, content);
        using var head = await Tus.HeadAsync(Client, file.Id);
        Assert.Equal(1000, Tus.OffsetOf(head));
        Assert.Equal("1000", head.Headers.GetValues("Upload-Length").Single());
        Assert.Equal(Tus.Metadata("film.mp4", "video/mp4"), head.Headers.GetValues("Upload-Metadata").Single());
        using var more = await Tus.PatchAsync(Client, file.Id, 1000, [1]);
        await Tus.AssertProblemAsync(more, 409, "already-stored");
    }

    [Fact]
    public async Task Empty_file_is_published_at_creation()
    {
        string id = await Tus.CreatedAsync(Client, 0, "empty.bin");
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(0, file.Content!.PieceCount);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([])), file.Content.Sha256);
    }

    [Fact]
    public async Task Creation_with_upload_takes_the_body_at_once()
    {
        byte[] content = Tus.RandomBytes(400_000);
        var request = new HttpRequestMessage(HttpMethod.Post, Tus.Root) { Content = new ByteArrayContent(content) };
        request.Headers.Add("Upload-Length", "400000");
        request.Headers.Add("Upload-Metadata", Tus.Metadata("a.bin"));
        request.Content.Headers.ContentType = new("application/offset+octet-stream");
        using var response = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(400_000, Tus.OffsetOf(response));
        string id = response.Headers.Location!.ToString().Split('/')[^1];
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
    }

    [Fact]
    public async Task Termination_removes_the_upload_and_fails_the_file()
    {
        string id = await Tus.CreatedAsync(Client, 1000);
        (await Tus.PatchAsync(Client, id, 0, new byte[10])).Dispose();
        using var response = await Client.DeleteAsync($"{Tus.Root}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(FileState.Failed, FileRecords.Find(id)!.State);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "content", "uploads")));
        using var patch = await Tus.PatchAsync(Client, id, 10, new byte[10]);
        await Tus.AssertProblemAsync(patch, 410, "gone-upload");
    }

    [Fact]
    public async Task While_no_silo_answers_nothing_is_half_done()
    {
        const string name = "no-silo.mp4";
        string id = await Tus.CreatedAsync(Client, 1000, name);
        FileRecords.Unreachable[name] = true;
        using var create = await Tus.CreateAsync(Client, 10, Tus.Metadata(name));
        await Tus.AssertProblemAsync(create, 503, "catalog-unavailable");
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "content", "uploads")));
        using var delete = await Client.DeleteAsync($"{Tus.Root}/{id}");
        await Tus.AssertProblemAsync(delete, 503, "catalog-unavailable");
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
        FileRecords.Unreachable.TryRemove(name, out _);
        using var again = await Client.DeleteAsync($"{Tus.Root}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    [Fact]
    public async Task Wrong_offset_is_refused_and_tells_the_right_one()
    {
        string id = await Tus.CreatedAsync(Client, 1000);
        (await Tus.PatchAsync(Client, id, 0, new byte[10])).Dispose();
        using var response = await Tus.PatchAsync(Client, id, 5, new byte[10]);
        await Tus.AssertProblemAsync(response, 409, "wrong-offset");
        Assert.Equal(10, Tus.OffsetOf(response));
    }

    [Fact]
    public async Task Other_content_types_are_refused()
    {
        string id = await Tus.CreatedAsync(Client, 1000);
        using var response = await Tus.PatchAsync(Client, id, 0, new ByteArrayContent(new byte[10]), "text/plain");
        await Tus.AssertProblemAsync(response, 415, "unsupported-content-type");
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
    }

    [Fact]
    public async Task Other_versions_are_refused_whatever_the_request()
    {
        var request = new HttpRequestMessage(HttpMethod.Head, $"{Tus.Root}/{new string('0', 32)}");
        Client.DefaultRequestHeaders.Remove("Tus-Resumable");
        request.Headers.Add("Tus-Resumable", "0.2.2");
        using var response = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Equal("1.0.0", response.Headers.GetValues("Tus-Version").Single());
    }

    [Fact]
    public async Task Unknown_uploads_are_not_found()
    {
        foreach (string id in new[] { new string('0', 32), "..%2f..%2fetc", "x", new string('A', 32) })
        {
            using var response = await Tus.PatchAsync(Client, id, 0, [1]);
            await Tus.AssertProblemAsync(response, 404, "unknown-upload");
        }
    }

    [Fact]
    public async Task Without_the_key_nothing_is_answered()
    {
        Client.DefaultRequestHeaders.Authorization = null;
        using var create = await Tus.CreateAsync(Client, 10, Tus.Metadata("a"));
        Assert.Equal(HttpStatusCode.Unauthorized, create.StatusCode);
        using var head = await Tus.HeadAsync(Client, new string('0', 32));
        Assert.Equal(HttpStatusCode.Unauthorized, head.StatusCode);
    }

    [Fact]
    public async Task Deferred_length_and_broken_lengths_are_refused()
    {
        var deferred = new HttpRequestMessage(HttpMethod.Post, Tus.Root);
        deferred.Headers.Add("Upload-Defer-Length", "1");
        deferred.Headers.Add("Upload-Metadata", Tus.Metadata("a"));
        using var response = await Client.SendAsync(deferred);
        await Tus.AssertProblemAsync(response, 400, "deferred-length");
        foreach (string length in new[] { "-1", "1e3", "", "99999999999999999999" })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Tus.Root);
            request.Headers.TryAddWithoutValidation("Upload-Length", length);
            request.Headers.Add("Upload-Metadata", Tus.Metadata("a"));
            using var refused = await Client.SendAsync(request);
            await Tus.AssertProblemAsync(refused, 400, "invalid-header");
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../../etc/passwd")]
    [InlineData("a/b.mp4")]
    [InlineData("a\\b.mp4")]
    [InlineData("C:evil.mp4")]
    [InlineData("CON")]
    [InlineData("nul.mp4")]
    [InlineData("a\nb.mp4")]
    [InlineData("a\u202e4pm.exe")]
    [InlineData("")]
    public async Task Hostile_names_are_refused(string name)
    {
        using var response = await Tus.CreateAsync(Client, 10, Tus.Metadata(name));
        await Tus.AssertProblemAsync(response, 400, "invalid-name");
    }

    [Fact]
    public async Task Truncated_body_is_kept_and_shown_by_HEAD()
    {
        byte[] content = Tus.RandomBytes(2_000_000);
        string id = await Tus.CreatedAsync(Client, content.Length);
        using (RawHttp raw = await RawHttp.ConnectAsync(_server.Address))
        {
            await raw.SendAsync(PatchHead(id, 0, content.Length));
            await raw.SendAsync(content.AsMemory(0, 777_777));
            raw.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            // Kestrel ends such a connection without an answer; that it ends is what the client sees.
            await raw.ReadToEndAsync();
        }
        Assert.Equal(777_777, await Tus.OffsetAsync(Client, id));
        using var rest = await Tus.PatchAsync(Client, id, 777_777, content[777_777..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), FileRecords.Find(id)!.Content!.Sha256);
    }

    [Fact]
    public async Task Client_that_lost_its_network_takes_its_upload_over()
    {
        byte[] content = Tus.RandomBytes(2_000_000);
        string id = await Tus.CreatedAsync(Client, content.Length);
        using RawHttp lost = await RawHttp.ConnectAsync(_server.Address);
        // "100 Continue" comes when the server reads the body, so the upload is this request's by then.
        await lost.SendAsync(PatchHead(id, 0, content.Length, "Expect: 100-continue\r\n"));
        Assert.Contains("100", (await lost.ReadHeadAsync())[0], StringComparison.Ordinal);
        await lost.SendAsync(content.AsMemory(0, 600_000));
        // The old connection stays open and silent. HEAD does not wait for it, and tells what came through it. The server may
        // not have read all of it yet, so the offset is what counts, not how much was sent.
        long offset = await Tus.OffsetAsync(Client, id);
        Assert.InRange(offset, 0, 600_000);
        using var rest = await Tus.PatchAsync(Client, id, offset, content[(int)offset..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        Assert.Contains("423", (await lost.ReadHeadAsync())[0], StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), FileRecords.Find(id)!.Content!.Sha256);
    }

    [Fact]
    public async Task Body_longer_than_the_upload_is_refused()
    {
        string id = await Tus.CreatedAsync(Client, 1000);
        using var told = await Tus.PatchAsync(Client, id, 0, new byte[1001]);
        await Tus.AssertProblemAsync(told, 413, "body-too-long");
        // A chunked body does not tell before: nothing that goes past the end is taken for the file.
        using var untold = await Tus.PatchAsync(Client, id, 0, new StreamContent(new UnknownLength(new byte[5000])));
        await Tus.AssertProblemAsync(untold, 413, "body-too-long");
        Assert.True(await Tus.OffsetAsync(Client, id) < 1000);
        Assert.Equal(FileState.Uploading, FileRecords.Find(id)!.State);
    }

    [Fact]
    public async Task Method_override_is_taken_as_the_method()
    {
        string id = await Tus.CreatedAsync(Client, 10);
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Tus.Root}/{id}")
        {
            Content = new ByteArrayContent(new byte[10]),
        };
        request.Headers.Add("X-HTTP-Method-Override", "PATCH");
        request.Headers.Add("Upload-Offset", "0");
        request.Content.Headers.ContentType = new("application/offset+octet-stream");
        using var response = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(10, await Tus.OffsetAsync(Client, id));
    }

    private static string PatchHead(string id, long offset, long length, string more = "") =>
        $"PATCH {Tus.Root}/{id} HTTP/1.1\r\nHost: test\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
        + $"Authorization: Bearer {TestKeys.Publisher}\r\nContent-Type: application/offset+octet-stream\r\n"
        + $"Content-Length: {length}\r\n{more}\r\n";

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
