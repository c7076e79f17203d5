using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Magnets;
using Distribution.BitTorrent.Metainfo;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>Finds out what a magnet link is a link to: from its exact source where that answers, else from peers (BEP 9).</summary>
internal sealed class MagnetSearch(
    MagnetLink magnet,
    PeerId peerId,
    int port,
    HttpClient http,
    Action<string> note,
    TimeProvider clock
)
{
    /// <summary>What clients say is left while they know no size; trackers do not take it at its word.</summary>
    private const long UnknownLeftBytes = 16384;

    private static readonly TimeSpan PeerLimit = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource<TorrentInfo> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<IPEndPoint, bool> _asking = new();

    public async Task<Answer<MetainfoFile>> RunAsync(TimeSpan patience, CancellationToken stop)
    {
        if (magnet.ExactSource is { } source && Uri.TryCreate(source, UriKind.Absolute, out Uri? url))
        {
            Answer<DownloadTarget> fetched = await DownloadTargets.FetchAsync(url, http, stop);
            if (!fetched.TryGet(out DownloadTarget? target, out Failure? failure))
                note(failure.Message);
            else if (magnet.Names(target.Torrent!.Info.Raw.Span))
                return Whole(target.Torrent.Info, target.Torrent);
            else
                note($"{url} is another torrent.");
        }
        using var over = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, over.Token);
        using var trackers = new TrackerList(
            TrackerList.Make(magnet.Trackers, http, magnet.InfoHash, peerId, port, clock),
            () => new TrackerFigures(0, UnknownLeftBytes, 0),
            endpoints => Ask(endpoints, both.Token),
            note,
            clock
        );
        Task announcing = trackers.RunAsync(both.Token);
        try
        {
            return Whole(await _found.Task.WaitAsync(both.Token), torrent: null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Failure(
                $"Nobody told what {magnet.InfoHash} is within {patience.TotalSeconds:0} s: no tracker of the link knows a peer that has it."
            );
        }
        finally
        {
            await over.CancelAsync();
            await announcing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>With the link's trackers and web seeds beside those of the file.</summary>
    private MetainfoFile Whole(TorrentInfo info, MetainfoFile? torrent) =>
        new(
            info,
            [.. magnet.Trackers.Concat(torrent?.Trackers ?? []).Distinct()],
            [.. magnet.WebSeeds.Concat(torrent?.WebSeeds ?? []).Distinct()]
        );

    private void Ask(IReadOnlyList<IPEndPoint> endpoints, CancellationToken stop)
    {
        foreach (IPEndPoint endpoint in endpoints)
        {
            if (endpoint.Port > 0 && _asking.TryAdd(endpoint, true))
                _ = AskAsync(endpoint, stop);
        }
    }

    private async Task AskAsync(IPEndPoint endpoint, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(PeerLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, both.Token);
            using var line = new PeerLine(socket);
            var fetch = new MetadataFetch(magnet);
            await fetch.RunAsync(line, peerId, both.Token);
            if (fetch.Found is { } info)
                _found.TrySetResult(info);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Another one may know.
        }
        finally
        {
            socket.Dispose();
            // Named again, it is asked again.
            _asking.TryRemove(endpoint, out _);
        }
    }
}
