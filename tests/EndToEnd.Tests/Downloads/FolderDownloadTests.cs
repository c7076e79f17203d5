using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>A published folder comes to stock clients with every file right: from peers alone, and from the web seed alone (BEP 19).</summary>
public sealed class FolderDownloadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    [Theory]
    [InlineData("v1", ViewerKind.Libtorrent)]
    [InlineData("v1", ViewerKind.Transmission)]
    [InlineData("v1", ViewerKind.Aria2)]
    [InlineData("hybrid", ViewerKind.Libtorrent)]
    public async Task A_bare_magnet_finishes_from_the_edge(string format, ViewerKind kind)
    {
        using var show = new TestShow();
        await using DistributionServer server = await DistributionServer.StartAsync();
        PublishedVideo folder = await PublishAsync(server, show, format);

        await using IViewerClient viewer = await Viewer.StartMagnetAsync(kind, folder.BareMagnet);
        await viewer.FinishedAsync(Limit);

        await show.AssertSameAsync(Path.Combine(viewer.Folder, TestShow.Name), MakesEmptyFiles(kind));
        JsonElement report = default;
        await Wait.UntilAsync(
            async () =>
                (report = await server.ReportAsync(folder.Id)).GetProperty("edgeBytes").GetInt64() >= TestShow.SizeBytes
                && report.GetProperty("edgeFillBytes").GetInt64() >= TestShow.SizeBytes,
            TimeSpan.FromSeconds(60),
            "the report shows the edge's bytes, and those that it fetched, which are told apart from them"
        );
        Assert.Equal(0, report.GetProperty("webSeedBytes").GetInt64());
        // The edge asks for no padding, and for nothing twice.
        Assert.Equal(TestShow.SizeBytes, report.GetProperty("edgeFillBytes").GetInt64());
    }

    [Theory]
    [InlineData("v1", ViewerKind.Libtorrent)]
    [InlineData("v1", ViewerKind.Transmission)]
    [InlineData("v1", ViewerKind.Aria2)]
    [InlineData("hybrid", ViewerKind.Libtorrent)]
    public async Task A_torrent_finishes_from_the_web_seed_alone(string format, ViewerKind kind)
    {
        using var show = new TestShow();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo folder = await PublishAsync(server, show, format);
        string torrent = await server.TorrentAsync(folder);

        await using IViewerClient viewer = await Viewer.StartTorrentAsync(kind, torrent);
        await viewer.FinishedAsync(Limit);

        await show.AssertSameAsync(Path.Combine(viewer.Folder, TestShow.Name), MakesEmptyFiles(kind));
        await Wait.UntilAsync(
            async () =>
                (await server.ReportAsync(folder.Id)).GetProperty("webSeedBytes").GetInt64() >= TestShow.SizeBytes,
            TimeSpan.FromSeconds(60),
            "the report shows the web seed's bytes"
        );
    }

    // Transmission 3.00 opens a file when its first byte comes.
    private static bool MakesEmptyFiles(ViewerKind kind) => kind != ViewerKind.Transmission;

    private static async Task<PublishedVideo> PublishAsync(DistributionServer server, TestShow show, string format)
    {
        CommandResult result = await server.RunAsync("publish", show.Path, "--format", format, "--json");
        PublishedVideo folder = PublishedVideo.Read(result.Json());
        Assert.Equal((TestShow.Name, TestShow.SizeBytes), (folder.Name, folder.SizeBytes));
        Assert.Equal(TestShow.FileCount, result.Json().GetProperty("fileCount").GetInt32());
        Assert.Equal(format, result.Json().GetProperty("format").GetString());
        Assert.EndsWith($"/webseed/{folder.Id}/", folder.WebSeedUrl, StringComparison.Ordinal);
        return folder;
    }
}
