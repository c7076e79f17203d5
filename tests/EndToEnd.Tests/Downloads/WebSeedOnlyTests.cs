using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>Without any peer, the .torrent file and its web seed are enough.</summary>
public sealed class WebSeedOnlyTests
{
    [Theory]
    [InlineData(ViewerKind.Libtorrent)]
    [InlineData(ViewerKind.Transmission)]
    [InlineData(ViewerKind.Aria2)]
    public async Task A_torrent_finishes_from_the_web_seed_alone(ViewerKind kind)
    {
        TestVideo source = await Videos.OfAsync(24);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(source.Path);
        string torrent = await server.TorrentAsync(video);

        await using IViewerClient viewer = await Viewer.StartTorrentAsync(kind, torrent);
        await viewer.FinishedAsync(TimeSpan.FromSeconds(120));

        await source.AssertSameAsync(Path.Combine(viewer.Folder, video.Name));
        JsonElement report = await server.ReportAsync(video.Id);
        await Wait.UntilAsync(
            async () =>
                (report = await server.ReportAsync(video.Id)).GetProperty("webSeedBytes").GetInt64()
                >= source.SizeBytes,
            TimeSpan.FromSeconds(60),
            "the report shows the web seed's bytes"
        );
        Assert.Equal(0, report.GetProperty("edgeBytes").GetInt64());
        // Whole bodies that a client drops at its end count, for they were sent: 4 MiB bounds what buffers hold.
        Assert.InRange(report.GetProperty("webSeedBytes").GetInt64(), source.SizeBytes, source.SizeBytes + (4 << 20));
    }
}
