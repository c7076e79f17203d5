using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>Chapter "Checksum".</summary>
public sealed class TusComplianceTestsChecksum(TestSilo silo) : TusComplianceTests(silo)
{
    [Fact]
    public async Task Tus_Checksum_Algorithm_must_be_a_list_with_sha1_in_lower_case()
    {
        string[] algorithms = (await OptionAsync("Tus-Checksum-Algorithm")).Split(',');
        Assert.Equal(["sha1", "sha256", "md5"], algorithms);
        Assert.All(
            algorithms,
            name => Assert.All(name, c => Assert.True(char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c)))
        );
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("md5")]
    public async Task Matching_checksum_gets_204_and_the_bytes_are_kept(string algorithm)
    {
        byte[] content = Tus.RandomBytes(700_000);
        string id = await Tus.CreatedAsync(Client, content.Length);
        for (int at = 0; at < content.Length; at += 350_000)
        {
            byte[] body = content[at..(at + 350_000)];
            using HttpResponseMessage patch = await SendAsync("PATCH", id, body, Offset(at), Checksum(algorithm, body));
            Assert.Equal(HttpStatusCode.NoContent, patch.StatusCode);
            Assert.Equal(at + 350_000, Tus.OffsetOf(patch));
        }
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("md5")]
    public async Task Mismatch_gets_460_the_bytes_must_be_discarded_and_the_offset_must_not_be_updated(string algorithm)
    {
        byte[] content = Tus.RandomBytes(900_000);
        byte[] damaged = [.. content[300_000..]];
        damaged[^1] ^= 1;
        string id = await Tus.CreatedAsync(Client, content.Length);
        (await SendAsync("PATCH", id, content[..300_000], Offset(0))).Dispose();
        using HttpResponseMessage refused = await SendAsync(
            "PATCH",
            id,
            damaged,
            Offset(300_000),
            Checksum(algorithm, content[300_000..])
        );
        await Tus.AssertProblemAsync(refused, 460, "checksum-mismatch");
        Assert.Equal(300_000, Tus.OffsetOf(refused));
        Assert.Equal(300_000, await Tus.OffsetAsync(Client, id));
        // What was discarded left no trace in the hashes either.
        using HttpResponseMessage again = await SendAsync(
            "PATCH",
            id,
            content[300_000..],
            Offset(300_000),
            Checksum(algorithm, content[300_000..])
        );
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
        Assert.Equal(content, await Client.GetByteArrayAsync($"/webseed/{id}/film.mp4"));
    }

    /// <summary>Longer than what is otherwise made durable on the way, so nothing of it may have been.</summary>
    [Fact]
    public async Task Mismatch_of_a_long_body_must_discard_it_too_and_so_does_a_restart()
    {
        byte[] content = Tus.RandomBytes(40 << 20);
        string id = await Tus.CreatedAsync(Client, content.Length);
        (await SendAsync("PATCH", id, content[..1000], Offset(0))).Dispose();
        using HttpResponseMessage refused = await SendAsync(
            "PATCH",
            id,
            content[1000..],
            Offset(1000),
            Checksum("sha1", content)
        );
        await Tus.AssertProblemAsync(refused, 460, "checksum-mismatch");
        await RestartAsync();
        Assert.Equal(1000, await Tus.OffsetAsync(Client, id));
        using HttpResponseMessage rest = await SendAsync(
            "PATCH",
            id,
            content[1000..],
            Offset(1000),
            Checksum("sha1", content[1000..])
        );
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
    }

    [Theory]
    [InlineData("crc32 AAAAAA==", "unsupported-checksum")]
    [InlineData("SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "unsupported-checksum")]
    [InlineData("sha1", "invalid-header")]
    [InlineData("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0= x", "invalid-header")]
    [InlineData("sha1 ***", "invalid-header")]
    [InlineData("sha1 AAAA", "invalid-header")]
    public async Task Unsupported_algorithm_gets_400_the_bytes_must_be_discarded_and_the_offset_must_not_be_updated(
        string checksum,
        string slug
    )
    {
        string id = await Tus.CreatedAsync(Client, 11);
        using HttpResponseMessage response = await SendAsync(
            "PATCH",
            id,
            "hello world"u8.ToArray(),
            Offset(0),
            $"Upload-Checksum: {checksum}"
        );
        await Tus.AssertProblemAsync(response, 400, slug);
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
        using HttpResponseMessage create = await SendAsync(
            "POST",
            null,
            "hello"u8.ToArray(),
            Length(5),
            Named("a"),
            $"Upload-Checksum: {checksum}"
        );
        await Tus.AssertProblemAsync(create, 400, slug);
    }

    [Fact]
    public async Task The_example_of_the_protocol_is_answered_as_there()
    {
        string id = await Tus.CreatedAsync(Client, 12);
        using HttpResponseMessage response = await SendAsync(
            "PATCH",
            id,
            "hello world"u8.ToArray(),
            Offset(0),
            "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="
        );
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(11, Tus.OffsetOf(response));
    }

    [Fact]
    public async Task Body_that_breaks_off_before_its_checksum_could_be_verified_is_discarded()
    {
        byte[] content = Tus.RandomBytes(500_000);
        string id = await Tus.CreatedAsync(Client, content.Length);
        using (RawHttp raw = await RawHttp.ConnectAsync(Server.Address))
        {
            await raw.SendAsync(Head(id, $"Content-Length: {content.Length}", Checksum("sha1", content)));
            await raw.SendAsync(content.AsMemory(0, 400_000));
            raw.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await raw.ReadToEndAsync();
        }
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
    }

    [Fact]
    public async Task Creation_with_a_body_that_does_not_match_keeps_the_upload_and_none_of_the_body()
    {
        byte[] content = Tus.RandomBytes(1000);
        using HttpResponseMessage wrong = await SendAsync(
            "POST",
            null,
            content,
            Length(1000),
            Named("a"),
            Checksum("md5", [1])
        );
        Assert.Equal(HttpStatusCode.Created, wrong.StatusCode);
        Assert.Equal(0, Tus.OffsetOf(wrong));
        using HttpResponseMessage right = await SendAsync(
            "POST",
            null,
            content,
            Length(1000),
            Named("a"),
            Checksum("md5", content)
        );
        Assert.Equal(1000, Tus.OffsetOf(right));
    }

    // Trailers

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("md5")]
    public async Task Checksum_may_come_as_a_trailer(string algorithm)
    {
        byte[] content = Tus.RandomBytes(200_000);
        string id = await Tus.CreatedAsync(Client, content.Length);
        (int status, _) = await SendChunkedAsync(id, content, Checksum(algorithm, content[1..]));
        Assert.Equal(460, status);
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
        (status, _) = await SendChunkedAsync(id, content, Checksum(algorithm, content));
        Assert.Equal(204, status);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
    }

    [Theory]
    [InlineData("X-Other: 1", "invalid-header")]
    [InlineData("Upload-Checksum: sha1", "invalid-header")]
    [InlineData("Upload-Checksum: crc32 AAAAAA==", "unsupported-checksum")]
    public async Task Trailer_that_was_announced_and_is_none_discards_the_body(string trailer, string slug)
    {
        byte[] content = Tus.RandomBytes(1000);
        string id = await Tus.CreatedAsync(Client, content.Length);
        (int status, string body) = await SendChunkedAsync(id, content, trailer);
        Assert.Equal(400, status);
        Assert.Contains(slug, body, StringComparison.Ordinal);
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
    }

    private static string Checksum(string algorithm, byte[] body)
    {
        byte[] digest = CryptographicOperations.HashData(new HashAlgorithmName(algorithm.ToUpperInvariant()), body);
        return $"Upload-Checksum: {algorithm} {Convert.ToBase64String(digest)}";
    }

    private static string Head(string id, params string[] headers) =>
        $"PATCH {Tus.Root}/{id} HTTP/1.1\r\nHost: test\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        + $"Authorization: Bearer {TestKeys.Publisher}\r\nContent-Type: application/offset+octet-stream\r\n"
        + string.Concat(headers.Select(header => header + "\r\n"))
        + "\r\n";

    // HttpClient sends no trailers over HTTP/1.1.
    private async Task<(int Status, string Body)> SendChunkedAsync(string id, byte[] content, string trailer)
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Server.Address);
        await raw.SendAsync(Head(id, "Transfer-Encoding: chunked", "Trailer: Upload-Checksum"));
        foreach (byte[] chunk in content.Chunk(65_000))
        {
            await raw.SendAsync($"{chunk.Length:x}\r\n");
            await raw.SendAsync(chunk);
            await raw.SendAsync("\r\n");
        }
        await raw.SendAsync($"0\r\n{trailer}\r\n\r\n");
        string[] head = await raw.ReadHeadAsync();
        int status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
        return (status, status == 204 ? "" : Encoding.UTF8.GetString(await raw.ReadAsync(RawHttp.ContentLength(head))));
    }
}
