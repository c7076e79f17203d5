namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>Starts a stock client of a kind.</summary>
internal static class Viewer
{
    public static async Task<IViewerClient> StartMagnetAsync(ViewerKind kind, string magnet) =>
        kind switch
        {
            ViewerKind.Libtorrent => await LibtorrentClient.StartMagnetAsync(magnet),
            ViewerKind.Transmission => await TransmissionClient.StartMagnetAsync(magnet),
            _ => Aria2Client.Start(magnet),
        };

    public static async Task<IViewerClient> StartTorrentAsync(ViewerKind kind, string torrentPath) =>
        kind switch
        {
            ViewerKind.Libtorrent => await LibtorrentClient.StartTorrentAsync(torrentPath),
            ViewerKind.Transmission => await TransmissionClient.StartTorrentAsync(torrentPath),
            _ => Aria2Client.Start(torrentPath),
        };
}
