using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>Everything from what somebody named to the file on disk.</summary>
/// <param name="note">Hears what goes wrong meanwhile, a line each.</param>
internal sealed class Downloader(DownloadWishes wishes, HttpClient http, Action<string> note, TimeProvider clock)
{
    /// <summary>Tells how far it is: the torrent, bytes that are there, and peers connected to.</summary>
    public Action<TorrentInfo, long, int> Progress { get; init; } = static (_, _, _) => { };

    public async Task<Answer<DownloadResult>> RunAsync(string what, CancellationToken stop)
    {
        long began = clock.GetTimestamp();
        Answer<DownloadTarget> named = await DownloadTargets.FindAsync(what, http, stop);
        if (!named.TryGet(out DownloadTarget? target, out Failure? failure))
            return failure;
        Answer<Socket> bound = Listen(wishes.Port);
        if (!bound.TryGet(out Socket? listener, out failure))
            return failure;
        using (listener)
        {
            // BEP 20: a viewer of ours, told apart from edge seeders.
            PeerId self = PeerId.Create("-Dg0100-"u8);
            MetainfoFile? torrent = target.Torrent;
            if (torrent is null)
            {
                int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
                var search = new MagnetSearch(target.Magnet!, self, port, http, note, clock);
                Answer<MetainfoFile> found = await search.RunAsync(wishes.Patience, stop);
                if (!found.TryGet(out torrent, out failure))
                    return failure;
            }
            return await FetchAsync(torrent, self, listener, began, stop);
        }
    }

    private async Task<Answer<DownloadResult>> FetchAsync(
        MetainfoFile torrent,
        PeerId self,
        Socket listener,
        long began,
        CancellationToken stop
    )
    {
        Answer<PieceStore> opened = PieceStore.Open(torrent.Info, wishes.Folder);
        if (!opened.TryGet(out PieceStore? store, out Failure? failure))
            return failure;
        using (store)
        {
            Progress(torrent.Info, 0, 0);
            Bitfield have = await Task.Run(() => store.Check(stop), stop);
            var download = new Download(torrent, store, have, wishes, self, listener, http, note, clock);
            using var shown = new Timer(_ => Progress(torrent.Info, download.HaveBytes, download.PeerCount));
            shown.Change(TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
            try
            {
                await download.RunAsync(stop);
            }
            catch (Exception fault) when (fault is TimeoutException or IOException or UnauthorizedAccessException)
            {
                return new Failure(fault.Message);
            }
            return new DownloadResult(
                store.Path,
                torrent.Info,
                await store.Sha256Async(CancellationToken.None),
                download.Figures,
                clock.GetElapsedTime(began, download.WholeAt)
            );
        }
    }

    private static Answer<Socket> Listen(int port)
    {
        Socket socket = Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            return new Failure($"Port {port} cannot be listened on: {fault.Message}");
        }
    }
}
