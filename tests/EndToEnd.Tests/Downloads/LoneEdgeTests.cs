using System.Globalization;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>`distribution edge` in a process of its own, enrolled at a server that has none.</summary>
public sealed class LoneEdgeTests
{
    [Fact]
    public async Task A_bare_magnet_finishes_through_an_edge_in_another_process()
    {
        TestVideo source = await Videos.OfAsync(24);
        using var folder = new TempFolder();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(source.Path);
        await using RunningProgram edge = CommandLine.Start([
            "edge",
            "--server",
            server.Url.GetLeftPart(UriPartial.Authority),
            "--edge-key",
            server.EdgeKey,
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
