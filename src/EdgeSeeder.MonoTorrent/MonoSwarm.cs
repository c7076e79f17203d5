using System.Collections.Concurrent;
using System.Net;
using Distribution.BitTorrent.Metainfo;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Rates;
using MonoTorrent.Client;
using InfoHash = Distribution.BitTorrent.InfoHash;
using PeerId = Distribution.BitTorrent.PeerId;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>One seeded torrent: MonoTorrent's manager of it, its peers as our connections see them, and what they were sent.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "See _removed.")]
internal sealed class MonoSwarm(
    TorrentInfo torrent,
    InfoHash? otherName,
    TorrentManager manager,
    IPieceSource pieces,
    DialList dials,
    TimeProvider clock
)
{
    private readonly ConcurrentDictionary<PeerId, MonoConnection> _peers = new();

    // Never disposed: it holds nothing to free, and a read may be about to look at it.
    private readonly CancellationTokenSource _removed = new();
    private long _payloadBytes;
    private long _metadataBytes;
    private long _overheadBytes;
    private long _peerBytesPerSecond;

    public TorrentInfo Torrent { get; } = torrent;

    public FileMap Files { get; } = new(torrent);

    /// <summary>A hybrid's v2 info-hash, as handshakes carry it; null for v1 alone.</summary>
    public InfoHash? OtherName { get; } = otherName;

    public TorrentManager Manager { get; } = manager;

    public IPieceSource Pieces { get; } = pieces;

    public DialList Dials { get; } = dials;

    public TokenBucket Rate { get; } = new(clock);

    /// <summary>For each connection, payload bytes per second; 0: as the limits say.</summary>
    public long PeerBytesPerSecond
    {
        get => Interlocked.Read(ref _peerBytesPerSecond);
        set => Interlocked.Exchange(ref _peerBytesPerSecond, value);
    }

    public CancellationToken Removed => _removed.Token;

    public ICollection<MonoConnection> Peers => _peers.Values;

    /// <summary>False: the peer is connected already.</summary>
    public bool TryAdmit(MonoConnection connection, PeerId peer) =>
        !_removed.IsCancellationRequested && _peers.TryAdd(peer, connection);

    public void Leave(MonoConnection connection, PeerId peer) =>
        _peers.TryRemove(KeyValuePair.Create(peer, connection));

    public bool IsConnected(PeerId peer) => _peers.ContainsKey(peer);

    public HashSet<IPEndPoint> ConnectedEndpoints() =>
        [.. Peers.Select(peer => peer.ListenEndpoint).OfType<IPEndPoint>()];

    public void Remove()
    {
        _removed.Cancel();
        Dials.Replace([]);
        foreach (MonoConnection peer in Peers)
            peer.Close(CloseReason.Stopped);
    }

    public void Count(in SentBytes sent)
    {
        Interlocked.Add(ref _payloadBytes, sent.Payload);
        Interlocked.Add(ref _metadataBytes, sent.Metadata);
        Interlocked.Add(ref _overheadBytes, sent.Overhead);
    }

    public SwarmSeeding Snapshot() =>
        new(
            Torrent.InfoHash,
            Interlocked.Read(ref _payloadBytes),
            Interlocked.Read(ref _metadataBytes),
            Interlocked.Read(ref _overheadBytes),
            [.. Peers.Select(peer => peer.Snapshot())]
        );
}
