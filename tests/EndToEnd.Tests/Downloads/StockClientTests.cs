using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>Stock clients finish, with the right bytes, from what the portal hands out.</summary>
[Collection(SharedServer.Collection)]
public sealed class StockClientTests(SharedServer shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>The portal's own link: metadata from the edge, bytes from wherever the client likes.</summary>
    [Theory]
    [InlineData(ViewerKind.Libtorrent)]
    [InlineData(ViewerKind.Transmission)]
    [InlineData(ViewerKind.Aria2)]
    public async Task The_portals_magnet_finishes(ViewerKind kind)
    {
        await using IViewerClient viewer = await Viewer.StartMagnetAsync(kind, shared.Video.Magnet);
        await FinishAsync(viewer);
    }

    /// <summary>Topic, name and tracker alone: metadata and every byte come from peers, here the edge.</summary>
    [Theory]
    [InlineData(ViewerKind.Libtorrent)]
    [InlineData(ViewerKind.Transmission)]
    [InlineData(ViewerKind.Aria2)]
    public async Task A_bare_magnet_finishes_from_peers_alone(ViewerKind kind)
    {
        await using IViewerClient viewer = await Viewer.StartMagnetAsync(kind, shared.Video.BareMagnet);
        await FinishAsync(viewer);
    }

    private async Task FinishAsync(IViewerClient viewer)
    {
        await viewer.FinishedAsync(Limit);
        await shared.Source.AssertSameAsync(Path.Combine(viewer.Folder, shared.Video.Name));
    }
}
