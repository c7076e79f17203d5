using System.Diagnostics;
using System.Globalization;
using System.Net;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Lifecycle;

/// <summary>How `serve` begins and ends.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Sigterm_with_clients_connected_ends_in_ten_seconds_with_status_0()
    {
        TestVideo source = await Videos.OfAsync(40);
        await using DistributionServer server = await DistributionServer.StartAsync();
        PublishedVideo video = await server.PublishAsync(source.Path);
        await using LibtorrentClient viewer = await LibtorrentClient.StartMagnetAsync(
            video.BareMagnet,
            "--download-limit",
            "2000000"
        );
        await viewer.HasBytesAsync(1_000_000, TimeSpan.FromSeconds(60));
        // A browser that reads no further, and an upload that sends no further.
        using HttpResponseMessage download = await server.Http.GetAsync(
            video.DownloadUrl,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        var tus = new Tus(server);
        Uri location = await tus.CreateAsync("unfinished.mp4", 1_000_000);
        using var half = new StallingContent(new byte[1_000_000], 500_000);
        Task<HttpResponseMessage> upload = tus.TryPatchAsync(location, 0, half);
        await half.Stalled.WithinAsync(TimeSpan.FromSeconds(20), "half the upload is sent");

        var time = Stopwatch.StartNew();
        server.Program.Terminate();
        int status = await server.Program.ExitAsync(TimeSpan.FromSeconds(20));

        Assert.True(status == 0, server.Program.Transcript());
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        TestContext.Current.TestOutputHelper?.WriteLine($"SIGTERM to exit: {time.Elapsed.TotalSeconds:0.0} s");
        try
        {
            (await upload).Dispose();
        }
        catch (HttpRequestException)
        {
            // Cut; what came is kept, as the next start shows.
        }
        await server.StartAgainAsync();
        Assert.InRange(await tus.OffsetAsync(location), 0, 1_000_000);
        await viewer.HasBytesAsync(4_000_000, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused()
    {
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        CommandResult second = await CommandLine.RunAsync(
            "serve",
            "--data",
            server.Data,
            "--urls",
            $"http://127.0.0.1:{Ports.Free()}",
            "--tracker-udp",
            "0",
            "--edge-port",
            "0"
        );
        Assert.Contains(server.Data, second.SingleComplaint(1), StringComparison.Ordinal);
        Assert.True(await server.IsReadyAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_a_line()
    {
        using var folder = new TempFolder();
        await using DistributionServer server = await DistributionServer.StartAsync();
        CommandResult second = await CommandLine.RunAsync(
            "serve",
            "--data",
            folder.Path,
            "--urls",
            server.Url.GetLeftPart(UriPartial.Authority),
            "--tracker-udp",
            server.UdpPort.ToString(CultureInfo.InvariantCulture),
            "--edge-port",
            server.EdgePort.ToString(CultureInfo.InvariantCulture)
        );
        string line = second.SingleComplaint(1);
        foreach (int port in new[] { server.Port, server.UdpPort, server.EdgePort })
            Assert.Contains(port.ToString(CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_are_all_told_at_once()
    {
        using var folder = new TempFolder();
        CommandResult wrong = await CommandLine.RunAsync(
            [
                "serve",
                "--data",
                folder.Path,
                "--urls",
                "http://0.0.0.0:8080",
                "--edge-port",
                "many",
                "--blobs",
                "DefaultEndpointsProtocol=https;AccountKey=c2VjcmV0",
                "--db",
                "Host=db;Password=secret",
            ],
            new Dictionary<string, string> { ["DISTRIBUTION_PRICE_CDN"] = "cheap" }
        );
        Assert.Equal(2, wrong.Status);
        Assert.Equal("", wrong.Output);
        string[] options = ["--public-host", "--edge-port", "--blobs", "--db", "--price-cdn"];
        foreach (string option in options)
            Assert.Contains(option, wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(options.Length, wrong.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("secret", wrong.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("c2VjcmV0", wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_in_appsettings_json_is_refused()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("appsettings.json"),
            """{ "Distribution": { "EdgePort": 0, "EgdePort": 1 } }""",
            TestContext.Current.CancellationToken
        );
        await using RunningProgram program = RunningProgram.Start(Repository.Program, ["serve"], folder.Path);
        int status = await program.ExitAsync(TimeSpan.FromSeconds(30));
        string line = new CommandResult(status, program.Output, program.Errors).SingleComplaint(2);
        Assert.Contains("EgdePort", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_where_it_is_and_how_to_get_in()
    {
        await using DistributionServer server = await DistributionServer.StartAsync();
        string line = await server
            .Program.LineAsync(text => text.Contains("/sign-in", StringComparison.Ordinal))
            .WithinAsync(TimeSpan.FromSeconds(20), "a sign-in link is printed");
        Assert.Contains(line, server.Program.Output, StringComparison.Ordinal);
        Assert.Contains(
            server.Url.GetLeftPart(UriPartial.Authority),
            server.Program.Output.Split('\n')[0],
            StringComparison.Ordinal
        );
        string link = line[line.IndexOf("http", StringComparison.Ordinal)..].Trim();
        Assert.StartsWith(server.Url.GetLeftPart(UriPartial.Authority), link, StringComparison.Ordinal);
        Assert.DoesNotContain(server.ApiKey, server.Program.Transcript(), StringComparison.Ordinal);
        foreach (string key in new[] { "api.key", "edge.key" })
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(server.Data, "keys", key))
            );
        // Settings are read at the start alone: no folder is watched for changes.
        Assert.DoesNotContain(
            Directory.GetFiles($"/proc/{server.Program.Id}/fd"),
            static open => new FileInfo(open).LinkTarget?.Contains("inotify", StringComparison.Ordinal) == true
        );
        using HttpResponseMessage live = await server.Http.GetAsync(
            "/health/live",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }
}
