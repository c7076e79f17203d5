using System.Globalization;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>`distribution edge` in a process of its own, at a server that has none.</summary>
public sealed class LoneEdgeTests
{
    [Fact]
    public async Task A_bare_magnet_finishes_through_an_edge_that_enrolled_with_a_token()
    {
        TestVideo source = await Videos.OfAsync(24);
        using var folder = new TempFolder();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(source.Path);
        JsonElement token = (await server.RunAsync("edge-token", "--json")).Json();
        await using RunningProgram edge = CommandLine.Start([
            "edge",
            "--server",
            server.Url.GetLeftPart(UriPartial.Authority),
            "--enrol",
            token.GetProperty("token").GetString()!,
            "--region",
            "DE",
            "--port",
            Ports.Free().ToString(CultureInfo.InvariantCulture),
            "--data",
            folder.Path,
        ]);

        await using LibtorrentClient viewer = await LibtorrentClient.StartMagnetAsync(video.BareMagnet);
        await viewer.FinishedAsync(TimeSpan.FromSeconds(90));

        await source.AssertSameAsync(Path.Combine(viewer.Folder, video.Name));
        await Wait.UntilAsync(
            async () =>
            {
                JsonElement report = await server.ReportAsync(video.Id);
                return report.GetProperty("edgeBytes").GetInt64() >= source.SizeBytes
                    && report.GetProperty("edgeFillBytes").GetInt64() >= source.SizeBytes
                    && report.GetProperty("webSeedBytes").GetInt64() == 0;
            },
            TimeSpan.FromSeconds(60),
            "the report shows the edge's bytes and its fill, and no web seed"
        );
        string keyFile = Path.Combine(folder.Path, "edge", "node.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        JsonElement node = (await server.GetJsonAsync("/api/v1/edges")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(
            (true, "DE", 1),
            (
                node.GetProperty("enrolled").GetBoolean(),
                node.GetProperty("region").GetString(),
                node.GetProperty("swarms").GetInt32()
            )
        );
        // Retired, its key opens nothing any more: its own heartbeats end its seeding.
        CommandResult retired = await server.RunAsync("edges", "retire", node.GetProperty("id").GetString()!);
        Assert.Contains("is retired", retired.Output, StringComparison.Ordinal);
        await Wait.UntilAsync(
            () => Task.FromResult(edge.Transcript().Contains("refuses this node", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30),
            "the edge hears that it is retired"
        );
        edge.Terminate();
        Assert.Equal(0, await edge.ExitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task An_edge_with_a_wrong_key_says_so_in_a_line()
    {
        using var folder = new TempFolder();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        CommandResult refused = await CommandLine.RunAsync(
            [
                "edge",
                "--server",
                server.Url.GetLeftPart(UriPartial.Authority),
                "--edge-key",
                "wrong",
                "--port",
                Ports.Free().ToString(CultureInfo.InvariantCulture),
                "--data",
                folder.Path,
            ],
            environment: null,
            TimeSpan.FromSeconds(30)
        );
        Assert.Contains("key", refused.SingleComplaint(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_the_program_was_not_built_with_is_refused_with_the_reason()
    {
        using var folder = new TempFolder();
        CommandResult refused = await CommandLine.RunAsync(
            ["edge", "--edge-key", "any", "--data", folder.Path, "--engine", "monotorrent"],
            environment: null,
            TimeSpan.FromSeconds(30)
        );
        Assert.Contains("TorrentEngine=MonoTorrent", refused.SingleComplaint(2), StringComparison.Ordinal);
    }
}
