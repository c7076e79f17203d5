using System.Globalization;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>`import` of what the server reaches itself.</summary>
public sealed class ImportTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly TempFolder _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task A_file_of_the_server_is_imported_and_viewers_get_it()
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { MoreArguments = ["--import-from", Path.GetDirectoryName(source.Path)!] }
        );
        CommandResult result = await server.RunAsync("import", source.Path, "--title", "Imported", "--json");
        PublishedVideo video = PublishedVideo.Read(result.Json());
        Assert.Equal((source.Sha256, source.SizeBytes), (video.Sha256, video.SizeBytes));
        string torrent = await server.TorrentAsync(video);
        Assert.Equal(
            0,
            (await LibtorrentClient.CheckTorrentAsync(torrent, source.Path)).GetProperty("wrongPieces").GetInt32()
        );
    }

    [Fact]
    public async Task What_may_not_be_imported_is_refused_with_one_line()
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        CommandResult path = await server.RunAsync("import", source.Path);
        Assert.Contains("--import-from", path.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult loopback = await server.RunAsync("import", $"{server.Url}favicon.ico");
        Assert.Contains("public network", loopback.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult torrent = await server.RunAsync("import", source.Path, "--torrent", "/no/such.torrent");
        Assert.Contains("/no/such.torrent", torrent.SingleComplaint(1), StringComparison.Ordinal);
        (await CommandLine.RunAsync("serve", "--import-from", "/no/such/folder")).SingleComplaint(2);
        (await CommandLine.RunAsync("serve", "--max-upload", "much")).SingleComplaint(2);
        (await CommandLine.RunAsync("serve", "--torrent-format", "v2")).SingleComplaint(2);
        (await CommandLine.RunAsync("serve", "--quota", "1GB", "--quota", "2GB")).SingleComplaint(2);
    }

    /// <summary>From another server's plain link, throttled so that there is a middle to be killed in.</summary>
    [Fact]
    public async Task An_import_survives_kill_9()
    {
        TestVideo source = await Videos.OfAsync(80);
        int proxyPort = Ports.Free();
        await using DistributionServer origin = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo original = await origin.PublishAsync(source.Path);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false, MoreArguments = ["--import-private", "true"] }
        );
        await using var slow = new ThrottlingProxy(proxyPort, origin.Port, 12e6, slowsAnswers: true);
        string url = string.Create(
            CultureInfo.InvariantCulture,
            $"http://127.0.0.1:{proxyPort}{new Uri(original.DownloadUrl).PathAndQuery}"
        );
        await using RunningProgram import = CommandLine.Start(
            [
                "import",
                url,
                "--json",
                "--server",
                server.Url.GetLeftPart(UriPartial.Authority),
                "--api-key",
                server.ApiKey,
            ],
            server.ClientEnvironment
        );
        JsonElement running = default;
        await Wait.UntilAsync(
            async () =>
            {
                Assert.False(import.HasExited, import.Transcript());
                JsonElement[] items =
                [
                    .. (await server.GetJsonAsync("/api/v1/imports")).GetProperty("items").EnumerateArray(),
                ];
                running = items.Length > 0 ? items[0] : default;
                return items.Length > 0 && running.GetProperty("bytes").GetInt64() > 0;
            },
            Limit,
            "the import has a checkpoint"
        );
        long before = running.GetProperty("bytes").GetInt64();
        await server.Program.KillAsync();
        await server.StartAgainAsync();
        JsonElement again = await server.GetJsonAsync($"/api/v1/imports/{running.GetProperty("id").GetString()}");
        Assert.NotEqual("failed", again.GetProperty("state").GetString());
        Assert.Equal(0, await import.ExitAsync(Limit));
        PublishedVideo video = PublishedVideo.Read(new CommandResult(0, import.Output, import.Errors).Json());
        Assert.Equal(source.Sha256, video.Sha256);
        Assert.InRange(before, 1, source.SizeBytes - 1);
    }
}
