using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Hostile;

/// <summary>Bad input gets a clear answer, and the server goes on: each test asks it for real work afterwards.</summary>
[Collection(SharedServer.Collection)]
public sealed class HostileInputTests(SharedServer shared) : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private DistributionServer Server => shared.Server;

    [Fact]
    public async Task A_patch_that_is_cut_off_keeps_what_came_and_the_upload_goes_on()
    {
        TestVideo source = await Videos.OfAsync(8);
        byte[] content = await File.ReadAllBytesAsync(source.Path, TestContext.Current.CancellationToken);
        var tus = new Tus(Server);
        Uri location = await tus.CreateAsync("cut.mp4", source.SizeBytes);

        using (RawConnection connection = await RawConnection.OpenAsync(Server.Port))
        {
            string head =
                $"PATCH {location.AbsolutePath} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Server.ApiKey}\r\n"
                + "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
                + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n\r\n");
            await connection.SendAsync(Encoding.ASCII.GetBytes(head));
            await connection.SendAsync(content[..3_000_000]);
            // Its answer or its own end says that it has done with the request.
            await connection.EndSendingAsync(Soon);
        }

        Assert.Equal(3_000_000, await tus.OffsetAsync(location));
        Assert.Equal(source.Sha256, (await tus.FinishAsync(location, source.Path)).Sha256);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000_000_000)]
    public async Task A_patch_at_a_wrong_offset_is_a_conflict(long offset)
    {
        var tus = new Tus(Server);
        Uri location = await tus.CreateAsync("offset.mp4", 1000);

        using HttpResponseMessage answer = await tus.TryPatchAsync(
            location,
            offset,
            new ByteArrayContent(new byte[500])
        );

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await AssertProblemAsync(answer);
        Assert.Equal(0, await tus.OffsetAsync(location));
    }

    [Theory]
    [InlineData("l")]
    [InlineData("d1:a")]
    public async Task Deeply_nested_bencode_at_the_edge_harms_nobody(string level)
    {
        // An edge hears of a new file within seconds, and hangs up on whoever asks for it before.
        await AssertEdgeServesAsync();
        byte[] nested = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(level, 100_000 / level.Length)));
        using RawConnection peer = await RawConnection.OpenAsync(Server.EdgePort);
        await peer.HandshakeAsync(shared.Video.InfoHash);
        Assert.Equal(RawConnection.HandshakeBytes, await peer.ReceiveAsync(RawConnection.HandshakeBytes, Soon));

        await peer.SendExtendedAsync(0, nested);

        // Passed over or cut off, both are right (BEP 10 says nothing of it).
        await AssertEdgeServesAsync();
    }

    [Fact]
    public async Task An_unknown_info_hash_is_refused_by_the_tracker_with_a_reason()
    {
        string address =
            $"/announce?info_hash={string.Concat(Enumerable.Repeat("%ab", 20))}&peer_id=-XX0001-123456789012"
            + "&port=6881&uploaded=0&downloaded=0&left=1&compact=1&event=started";

        string answer = await Server.Http.GetStringAsync(address, TestContext.Current.CancellationToken);

        Assert.StartsWith("d14:failure reason", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/announce")]
    [InlineData("/announce?info_hash=short&peer_id=x&port=99999")]
    [InlineData("/announce?info_hash=%ab%zz&peer_id=%")]
    public async Task An_announce_without_form_gets_a_failure_reason(string address)
    {
        string answer = await Server.Http.GetStringAsync(address, TestContext.Current.CancellationToken);
        Assert.StartsWith("d14:failure reason", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_info_hash_at_the_edge_gets_no_handshake()
    {
        using RawConnection peer = await RawConnection.OpenAsync(Server.EdgePort);
        await peer.HandshakeAsync(new string('a', 40));
        Assert.Equal(0, await peer.ReceiveAsync(RawConnection.HandshakeBytes, Soon));
        await AssertEdgeServesAsync();
    }

    [Fact]
    public async Task A_range_past_the_end_is_416_with_the_size()
    {
        foreach (string link in new[] { shared.Video.WebSeedUrl, shared.Video.DownloadUrl })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, link);
            request.Headers.Range = new RangeHeaderValue(shared.Video.SizeBytes, null);
            using HttpResponseMessage answer = await Server.Http.SendAsync(
                request,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
            Assert.Equal(shared.Video.SizeBytes, answer.Content.Headers.ContentRange!.Length);
        }
    }

    [Theory]
    [InlineData("../../../escaped.mp4")]
    [InlineData("..")]
    [InlineData("/etc/escaped.mp4")]
    [InlineData("..\\escaped.mp4")]
    public async Task A_name_with_a_path_in_it_leads_nowhere(string name)
    {
        var tus = new Tus(Server);
        using HttpResponseMessage created = await tus.TryCreateAsync(name, 4);
        if (created.StatusCode == HttpStatusCode.Created)
        {
            // Taken, then only as a plain name.
            var location = new Uri(Server.Url, created.Headers.Location!);
            await tus.PatchAsync(location, 0, "abcd"u8.ToArray());
            PublishedVideo video = await tus.PublishedAsync(location);
            Assert.DoesNotContain("/", video.Name, StringComparison.Ordinal);
            Assert.DoesNotContain("\\", video.Name, StringComparison.Ordinal);
            Assert.NotEqual("..", video.Name);
        }
        else
        {
            Assert.Equal(HttpStatusCode.BadRequest, created.StatusCode);
            await AssertProblemAsync(created);
        }
        string around = Path.GetFullPath(Path.Combine(Server.Data, ".."));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(around, "*escaped*", SearchOption.AllDirectories),
            path => !path.StartsWith(Server.Data, StringComparison.Ordinal)
        );
        Assert.False(File.Exists("/etc/escaped.mp4"));
    }

    [Theory]
    [InlineData("/webseed/{0}/..%2f..%2fkeys%2fapi.key")]
    [InlineData("/webseed/{0}/%2e%2e/%2e%2e/keys/api.key")]
    [InlineData("/download/..%2f..%2fkeys/api.key")]
    [InlineData("/torrents/..%2f..%2fkeys%2fapi.key.torrent")]
    public async Task A_path_in_a_link_leads_nowhere(string link)
    {
        string path = string.Format(CultureInfo.InvariantCulture, link, shared.Video.Id);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Server.Port, TestContext.Current.CancellationToken);
        byte[] request = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        );
        await connection.GetStream().WriteAsync(request, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(connection.GetStream());
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", answer);
        Assert.DoesNotContain(Server.ApiKey, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_nothing_can_be_uploaded_or_read()
    {
        foreach (string path in new[] { "/api/v1/files", $"/api/v1/files/{shared.Video.Id}", "/api/v1/report" })
        {
            using HttpResponseMessage answer = await Server.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using var upload = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        upload.Headers.Add("Tus-Resumable", "1.0.0");
        upload.Headers.Add("Upload-Length", "1");
        using HttpResponseMessage refused = await Server.Http.SendAsync(upload, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    /// <summary>After each test: the same process still runs, and is ready.</summary>
    public async ValueTask DisposeAsync()
    {
        Assert.False(Server.Program.HasExited, Server.Program.Transcript());
        Assert.True(await Server.IsReadyAsync(), "The server is no longer ready.");
    }

    private async Task AssertEdgeServesAsync()
    {
        await using LibtorrentClient viewer = await LibtorrentClient.StartMagnetAsync(shared.Video.BareMagnet);
        await viewer.FinishedAsync(TimeSpan.FromSeconds(60));
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("type").GetString()), body);
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()), body);
    }
}
