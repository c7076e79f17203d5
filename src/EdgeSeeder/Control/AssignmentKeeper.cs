using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Rates;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Control;

/// <summary>
/// Makes the engine seed what the orders name. Each assignment goes its own way: one whose torrent cannot be had is tried again, with
/// back-off, while the others are seeded.
/// </summary>
/// <param name="originUrl">Replaces scheme, host and port of the ordered URLs; null: as ordered.</param>
internal sealed class AssignmentKeeper(
    ISeedingEngine engine,
    PieceCache cache,
    TorrentClient torrents,
    Uri? originUrl,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _lastRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<InfoHash, Assigned> _assigned = [];
    private readonly HashSet<string> _refused = [];
    private readonly FirstPieces _firstPieces = new(cache);
    private readonly CancellationTokenSource _disposed = new();
    private Task? _fetchingFirst;

    /// <summary>Takes in all assignments of the node; one that is missing is dropped.</summary>
    public void Apply(IReadOnlyList<EdgeAssignment> orders)
    {
        lock (_gate)
        {
            var named = new HashSet<InfoHash>();
            foreach (EdgeAssignment order in orders)
            {
                if (TryRead(order, out InfoHash infoHash, out Assigned? read))
                {
                    named.Add(infoHash);
                    Take(infoHash, read!);
                }
            }
            foreach (InfoHash infoHash in _assigned.Keys.Where(known => !named.Contains(known)).ToList())
                Drop(infoHash);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed.Cancel();
            foreach (Assigned assigned in _assigned.Values)
                assigned.Dropped.Cancel();
        }
    }

    private void Take(InfoHash infoHash, Assigned order)
    {
        if (!_assigned.TryGetValue(infoHash, out Assigned? assigned))
        {
            _assigned[infoHash] = order;
            _ = Task.Run(() => LoadAsync(infoHash, order));
            return;
        }
        assigned.TorrentUrl = order.TorrentUrl;
        assigned.WebSeedUrl = order.WebSeedUrl;
        assigned.BlockStatesUrl = order.BlockStatesUrl;
        assigned.Dial = order.Dial;
        assigned.UploadLimitBytesPerSecond = order.UploadLimitBytesPerSecond;
        assigned.IsHot = order.IsHot;
        if (assigned.Torrent is { } torrent)
            Follow(infoHash, assigned, cache.Open(torrent.V1!, assigned.WebSeedUrl, assigned.BlockStatesUrl));
    }

    private void Follow(InfoHash infoHash, Assigned assigned, SwarmPieces pieces)
    {
        engine.Dial(infoHash, assigned.Dial);
        engine.LimitUpload(infoHash, new UploadRates(assigned.UploadLimitBytesPerSecond, PeerBytesPerSecond: 0));
        if (assigned.IsHot)
            pieces.Warm();
        else if (assigned.Dial.Count > 0)
            // Players begin there, while they still shake hands.
            pieces.Prefetch(0);
    }

    private void Drop(InfoHash infoHash)
    {
        _assigned.Remove(infoHash, out Assigned? dropped);
        dropped!.Dropped.Cancel();
        if (dropped.Torrent is null)
            return;
        engine.Remove(infoHash);
        cache.Close(infoHash);
        logger.LogInformation("Seeding of {InfoHash} was ended.", infoHash);
    }

    private async Task LoadAsync(InfoHash infoHash, Assigned assigned)
    {
        CancellationToken dropped = assigned.Dropped.Token;
        TimeSpan delay = _firstRetry;
        try
        {
            while (true)
            {
                (TorrentMetainfo? torrent, string? fault) = await torrents.FetchAsync(
                    assigned.TorrentUrl,
                    infoHash,
                    dropped
                );
                if (torrent is not null)
                {
                    Begin(infoHash, assigned, torrent);
                    return;
                }
                logger.LogWarning("The torrent of {InfoHash} was not fetched: {Fault}", infoHash, fault);
                await Task.Delay(delay * (0.75 + Random.Shared.NextDouble() / 2), clock, dropped);
                delay = delay * 2 < _lastRetry ? delay * 2 : _lastRetry;
            }
        }
        catch (OperationCanceledException) { }
        catch (Exception fault)
        {
            // Ours to mend; the other assignments go on, and the next orders after a drop try this one anew.
            logger.LogError(fault, "{InfoHash} could not be seeded.", infoHash);
        }
    }

    private void Begin(InfoHash infoHash, Assigned assigned, TorrentMetainfo torrent)
    {
        lock (_gate)
        {
            if (assigned.Dropped.IsCancellationRequested)
                return;
            assigned.Torrent = torrent;
            SwarmPieces pieces = cache.Open(torrent.V1!, assigned.WebSeedUrl, assigned.BlockStatesUrl);
            engine.Add(torrent, pieces);
            Follow(infoHash, assigned, pieces);
            _firstPieces.Add(pieces);
            _fetchingFirst ??= Task.Run(() => _firstPieces.RunAsync(_disposed.Token));
        }
        logger.LogInformation("Seeding {InfoHash}, {Bytes} bytes.", infoHash, torrent.V1!.LengthBytes);
    }

    private bool TryRead(EdgeAssignment order, out InfoHash infoHash, out Assigned? read)
    {
        read = null;
        if (
            InfoHash.TryParse(order.InfoHash, null, out infoHash)
            && Uri.TryCreate(order.TorrentUrl, UriKind.Absolute, out Uri? torrentUrl)
            && Uri.TryCreate(order.WebSeedUrl, UriKind.Absolute, out Uri? webSeedUrl)
        )
        {
            read = new Assigned
            {
                TorrentUrl = Reach(torrentUrl),
                WebSeedUrl = Reach(webSeedUrl),
                BlockStatesUrl = Uri.TryCreate(order.BlockStatesUrl, UriKind.Absolute, out Uri? statesUrl)
                    ? Reach(statesUrl)
                    : null,
                Dial = [.. ReadDial(order.Dial ?? [])],
                UploadLimitBytesPerSecond = Math.Max(0, order.UploadLimitBytesPerSecond),
                IsHot = order.IsHot,
            };
            return true;
        }
        if (_refused.Add(order.InfoHash ?? ""))
            logger.LogWarning("An assignment was not understood: {Order}", order);
        return false;
    }

    private static IEnumerable<IPEndPoint> ReadDial(IReadOnlyList<string> viewers)
    {
        foreach (string viewer in viewers)
        {
            if (IPEndPoint.TryParse(viewer, out IPEndPoint? endpoint) && endpoint.Port > 0)
                yield return endpoint;
        }
    }

    private Uri Reach(Uri url) => originUrl is null ? url : new Uri(originUrl, url.PathAndQuery);

    private sealed class Assigned
    {
        public required Uri TorrentUrl { get; set; }

        public required Uri WebSeedUrl { get; set; }

        public Uri? BlockStatesUrl { get; set; }

        public required IReadOnlyList<IPEndPoint> Dial { get; set; }

        public long UploadLimitBytesPerSecond { get; set; }

        public bool IsHot { get; set; }

        public TorrentMetainfo? Torrent { get; set; }

        public CancellationTokenSource Dropped { get; } = new();
    }
}
