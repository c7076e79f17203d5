using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>Uploads by tus clients that are not ours.</summary>
public sealed class TusClientTests : IDisposable
{
    private const double UplinkBytesPerSecond = 20e6;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Tus_js_client_resumes_an_upload_that_broke_off()
    {
        TestVideo source = await Videos.OfAsync(40);
        await using DistributionServer server = await StartAsync(out int proxyPort);
        await using var uplink = new ThrottlingProxy(proxyPort, server.Port, UplinkBytesPerSecond);

        JsonElement broken = await UploadAsync(server, proxyPort, source, stopAt: source.SizeBytes / 2);
        Assert.True(broken.GetProperty("stopped").GetBoolean());
        JsonElement whole = await UploadAsync(server, proxyPort, source);
        Assert.False(whole.GetProperty("stopped").GetBoolean());
        Assert.Equal(["HEAD 200", "PATCH 204"], Requests(whole));
        Assert.Equal(broken.GetProperty("url").GetString(), whole.GetProperty("url").GetString());
        await AssertPublishedAsync(server, whole, source);
        // Begun anew, it would have moved half of the file twice.
        Assert.InRange(uplink.BytesToServer, source.SizeBytes, source.SizeBytes * 5 / 4);
    }

    [Fact]
    public async Task Tus_js_client_uploads_in_chunks()
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await StartAsync(out _);
        JsonElement result = await UploadAsync(server, server.Port, source, chunkSize: 5_000_000);
        string[] requests = Requests(result);
        Assert.Equal("POST 201", requests[0]);
        Assert.Equal((source.SizeBytes + 4_999_999) / 5_000_000, requests.Count(request => request == "PATCH 204"));
        await AssertPublishedAsync(server, result, source);
    }

    [Fact]
    public async Task Tus_js_client_uploads_three_parts_at_a_time()
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await StartAsync(out _);
        JsonElement result = await UploadAsync(server, server.Port, source, parallel: 3);
        string[] requests = Requests(result);
        Assert.Equal(4, requests.Count(request => request == "POST 201"));
        Assert.Equal(3, requests.Count(request => request == "PATCH 204"));
        await AssertPublishedAsync(server, result, source);
        // The parts are no files of the publisher's, and nothing of them is left.
        Assert.Single((await server.GetJsonAsync("/api/v1/files")).GetProperty("items").EnumerateArray());
        await Wait.UntilAsync(
            () => Task.FromResult(Directory.GetDirectories(Path.Combine(server.Data, "content", "files")).Length == 1),
            Limit,
            "the parts are deleted"
        );
    }

    [Fact]
    public async Task Tus_js_client_resumes_three_parts_that_broke_off()
    {
        TestVideo source = await Videos.OfAsync(40);
        await using DistributionServer server = await StartAsync(out int proxyPort);
        await using var uplink = new ThrottlingProxy(proxyPort, server.Port, UplinkBytesPerSecond);
        JsonElement broken = await UploadAsync(server, proxyPort, source, parallel: 3, stopAt: source.SizeBytes / 2);
        Assert.True(broken.GetProperty("stopped").GetBoolean());
        JsonElement whole = await UploadAsync(server, proxyPort, source, parallel: 3);
        Assert.Equal(1, Requests(whole).Count(request => request == "POST 201"));
        Assert.Equal(3, Requests(whole).Count(request => request == "HEAD 200"));
        await AssertPublishedAsync(server, whole, source);
        Assert.InRange(uplink.BytesToServer, source.SizeBytes, source.SizeBytes * 5 / 4);
    }

    [Fact]
    public async Task Curl_uploads_with_checksums_and_resumes_by_hand()
    {
        Requires.Program("curl");
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await StartAsync(out _);
        byte[] content = await File.ReadAllBytesAsync(source.Path, TestContext.Current.CancellationToken);
        string name = Convert.ToBase64String("by curl.mp4"u8);
        (int status, IReadOnlyDictionary<string, string> headers) = await CurlAsync(
            server,
            $"{server.Url}api/v1/uploads",
            "-X",
            "POST",
            "-H",
            string.Create(CultureInfo.InvariantCulture, $"Upload-Length: {content.Length}"),
            "-H",
            $"Upload-Metadata: filename {name}"
        );
        Assert.Equal(201, status);
        string url = new Uri(server.Url, headers["location"]).AbsoluteUri;

        (status, headers) = await PatchAsync(server, url, 0, content[..10_000_000], content[..10_000_000]);
        Assert.Equal((204, "10000000"), (status, headers["upload-offset"]));
        // A body that is not what its checksum says changes nothing.
        (status, _) = await PatchAsync(server, url, 10_000_000, content[10_000_000..], content);
        Assert.Equal(460, status);
        (status, headers) = await CurlAsync(server, url, "--head");
        Assert.Equal((200, "10000000"), (status, headers["upload-offset"]));
        (status, headers) = await PatchAsync(server, url, 10_000_000, content[10_000_000..], content[10_000_000..]);
        Assert.Equal(204, status);
        PublishedVideo video = await new Tus(server).PublishedAsync(new Uri(url));
        Assert.Equal((source.Sha256, "by curl.mp4"), (video.Sha256, video.Name));
    }

    private static Task<DistributionServer> StartAsync(out int proxyPort)
    {
        int port = proxyPort = Ports.Free();
        return DistributionServer.StartAsync(
            new ServerSettings
            {
                WithEdge = false,
                MoreArguments = ["--public-host", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")],
            }
        );
    }

    private async Task<JsonElement> UploadAsync(
        DistributionServer server,
        int port,
        TestVideo source,
        int? chunkSize = null,
        int parallel = 1,
        long stopAt = 0
    )
    {
        string options = JsonSerializer.Serialize(
            new
            {
                endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/uploads"),
                key = server.ApiKey,
                path = source.Path,
                store = _temp.File("uploads.json"),
                chunkSize,
                parallel,
                stopAt,
            }
        );
        await using RunningProgram client = await NodeClients.StartAsync("tus-upload.mjs", options);
        int status = await client.ExitAsync(Limit);
        Assert.True(status == 0, client.Transcript());
        return JsonDocument.Parse(client.Output).RootElement;
    }

    private static string[] Requests(JsonElement result) =>
        [.. result.GetProperty("requests").EnumerateArray().Select(request => request.GetString()!)];

    private static async Task AssertPublishedAsync(DistributionServer server, JsonElement result, TestVideo source)
    {
        PublishedVideo video = await new Tus(server).PublishedAsync(new Uri(result.GetProperty("url").GetString()!));
        Assert.Equal((source.SizeBytes, source.Sha256), (video.SizeBytes, video.Sha256));
    }

    private Task<(int Status, IReadOnlyDictionary<string, string> Headers)> PatchAsync(
        DistributionServer server,
        string url,
        long offset,
        byte[] body,
        byte[] summed
    )
    {
        string path = _temp.File("body");
        File.WriteAllBytes(path, body);
        return CurlAsync(
            server,
            url,
            "-X",
            "PATCH",
            "--data-binary",
            $"@{path}",
            "-H",
            "Content-Type: application/offset+octet-stream",
            "-H",
            string.Create(CultureInfo.InvariantCulture, $"Upload-Offset: {offset}"),
            "-H",
            $"Upload-Checksum: sha1 {Convert.ToBase64String(SHA1.HashData(summed))}"
        );
    }

    private static async Task<(int Status, IReadOnlyDictionary<string, string> Headers)> CurlAsync(
        DistributionServer server,
        string url,
        params string[] arguments
    )
    {
        await using RunningProgram curl = RunningProgram.Start(
            "curl",
            [
                "--silent",
                "--show-error",
                "--dump-header",
                "-",
                "--output",
                "/dev/null",
                "-H",
                "Tus-Resumable: 1.0.0",
                "-H",
                $"Authorization: Bearer {server.ApiKey}",
                .. arguments,
                url,
            ]
        );
        Assert.True(await curl.ExitAsync(Limit) == 0, curl.Transcript());
        // After a "100 Continue" of its own, the last head is the answer's.
        string head = curl
            .Output.Replace("\r", "", StringComparison.Ordinal)
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1];
        string[] lines = head.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..]
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[^1]);
        return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers);
    }
}
