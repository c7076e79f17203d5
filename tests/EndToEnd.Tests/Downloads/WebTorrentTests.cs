using System.Globalization;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>WebTorrent in Node, over TCP and without web seeds, finishes from the edge: it is nobody else's viewer, and there is no other peer.</summary>
public sealed class WebTorrentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_finishes_from_the_edge_alone_by_torrent_and_by_magnet()
    {
        await NodeClients.WebTorrent.RequireAsync();
        TestVideo source = await Videos.OfAsync(8);
        using var folder = new TempFolder();
        await using DistributionServer server = await DistributionServer.StartAsync();
        PublishedVideo video = await server.PublishAsync(source.Path);
        string torrent = folder.File("file.torrent");
        CancellationToken stop = TestContext.Current.CancellationToken;
        await File.WriteAllBytesAsync(torrent, await server.Http.GetByteArrayAsync(video.TorrentUrl, stop), stop);

        await DownloadAsync(torrent, folder.Sub("torrent"), source, video);
        await DownloadAsync(video.BareMagnet, folder.Sub("magnet"), source, video);

        await Wait.UntilAsync(
            async () =>
            {
                JsonElement report = await server.ReportAsync(video.Id);
                return report.GetProperty("edgeBytes").GetInt64() >= 2 * source.SizeBytes
                    && report.GetProperty("webSeedBytes").GetInt64() == 0;
            },
            Limit,
            "the report shows both downloads as the edge's, and none of the web seed"
        );
    }

    private static async Task DownloadAsync(string from, string folder, TestVideo source, PublishedVideo video)
    {
        await using RunningProgram viewer = await NodeClients.WebTorrent.StartAsync(
            "webtorrent-viewer.mjs",
            from,
            folder,
            Ports.Free().ToString(CultureInfo.InvariantCulture)
        );
        await viewer
            .LineAsync(line => JsonDocument.Parse(line).RootElement.GetProperty("have").GetInt64() == source.SizeBytes)
            .WithinAsync(Limit, "WebTorrent has the whole file");
        viewer.Input.Close();
        Assert.Equal(0, await viewer.ExitAsync(Limit));
        await source.AssertSameAsync(Path.Combine(folder, video.Name));
    }
}
