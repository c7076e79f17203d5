using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>A hybrid (BEP 52) through the whole product, with libtorrent, which speaks v2 and announces both info-hashes.</summary>
public sealed class HybridDownloadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    [Theory]
    [InlineData("both")]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_hybrids_magnet_finishes_from_the_edge_and_is_counted_once(string topics)
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await DistributionServer.StartAsync();
        CommandResult result = await server.RunAsync("publish", source.Path, "--format", "hybrid", "--json");
        PublishedVideo video = PublishedVideo.Read(result.Json());
        string infoHashV2 = result.Json().GetProperty("infoHashV2").GetString()!;
        Assert.Equal("hybrid", result.Json().GetProperty("format").GetString());
        Assert.Contains($"&xt=urn:btmh:1220{infoHashV2}&", video.BareMagnet, StringComparison.Ordinal);
        CommandResult shown = await server.RunAsync("show", video.Id);
        Assert.Contains(infoHashV2, shown.Output, StringComparison.Ordinal);
        string torrent = await server.TorrentAsync(video);
        Assert.Equal(
            0,
            (await LibtorrentClient.CheckTorrentAsync(torrent, source.Path)).GetProperty("wrongPieces").GetInt32()
        );

        string magnet = topics switch
        {
            "v1" => video.BareMagnet.Replace($"&xt=urn:btmh:1220{infoHashV2}", "", StringComparison.Ordinal),
            "v2" => video.BareMagnet.Replace($"xt=urn:btih:{video.InfoHash}&", "", StringComparison.Ordinal),
            _ => video.BareMagnet,
        };
        await using LibtorrentClient viewer = await LibtorrentClient.StartMagnetAsync(magnet);
        await viewer.FinishedAsync(Limit);
        await source.AssertSameAsync(Path.Combine(viewer.Folder, video.Name));
        await viewer.StopAsync();

        JsonElement report = default;
        await Wait.UntilAsync(
            async () =>
                (report = await server.ReportAsync(video.Id)).GetProperty("edgeBytes").GetInt64() >= source.SizeBytes,
            TimeSpan.FromSeconds(60),
            "the report shows the edge's bytes"
        );
        // Whichever info-hashes it announced, and from whichever it was served: one viewer, one file.
        Assert.Equal(1, report.GetProperty("viewers").GetInt32());
        Assert.Equal(source.SizeBytes, report.GetProperty("delivered").GetProperty("high").GetInt64());
        JsonElement swarm = await server.GetJsonAsync($"/api/v1/files/{video.Id}/swarm");
        Assert.Equal(1, swarm.GetProperty("completed").GetInt64());
    }
}
