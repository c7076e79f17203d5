using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding.Rates;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// A seed's half of BitTorrent for many swarms: it accepts and dials peers, answers metadata and block requests, counts every payload
/// byte that a socket accepted, and watches what peers have. It asks for nothing but what an audit needs. All members may be called by any thread.
/// </summary>
public interface ISeedingEngine : IAsyncDisposable
{
    /// <summary>A connection was greeted, its peer became complete, or it ended. Called on the thread that serves the connection and others: be short.</summary>
    event Action<PeerEvent>? PeerChanged;

    /// <summary>Where it listens; 0 before it was started.</summary>
    int Port { get; }

    /// <summary>Connections that were greeted.</summary>
    int ConnectionCount { get; }

    /// <summary>Payload that peers were asked for, to see whether they have what they show.</summary>
    long AuditBytes { get; }

    /// <summary>For all peers together, payload bytes; 0: none.</summary>
    long UploadLimitBytesPerSecond { get; set; }

    /// <summary>What a swarm may be given, beside the limit of all; holds at once. A swarm that is not seeded is passed over.</summary>
    void LimitUpload(InfoHash infoHash, UploadRates rates);

    /// <summary>
    /// Whether a swarm's peers may be named to each other (BEP 11), which a private torrent forbids whatever is said here. A swarm that is not seeded is passed
    /// over, and so is all of it by an engine that names nobody.
    /// </summary>
    void NamePeers(InfoHash infoHash, bool isAllowed) { }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    void Start();

    /// <summary>
    /// Seeds a torrent from now on; one that is seeded already is left as it is. Everywhere here it goes by its v1 info-hash; peers may
    /// greet with a hybrid's other one (BEP 52).
    /// </summary>
    /// <exception cref="ArgumentException">The torrent has no v1 half.</exception>
    void Add(TorrentMetainfo torrent, IPieceSource pieces);

    /// <summary>Stops seeding and closes its connections. Their progress stays until it was acknowledged. False: was not seeded.</summary>
    bool Remove(InfoHash infoHash);

    /// <summary>
    /// The viewers of a swarm to be connected to: dialled now, and again after a loss, with back-off, for as long as they stay on the
    /// latest list. A peer that is connected already, or is this engine itself, is not dialled.
    /// </summary>
    void Dial(InfoHash infoHash, IReadOnlyList<IPEndPoint> viewers);

    SeedingSnapshot Snapshot();

    /// <summary>Of each seeded swarm how much it is used; cheaper than a snapshot, for every heartbeat.</summary>
    IReadOnlyList<SwarmLoad> Loads() =>
        [
            .. Snapshot()
                .Swarms.Select(static swarm => new SwarmLoad(
                    swarm.InfoHash,
                    swarm.Peers.Count,
                    swarm.PayloadBytesSent,
                    PeerCopies: 0
                )),
        ];

    /// <summary>Peers whose progress is not acknowledged yet as it stands, at most <paramref name="most"/>; closed connections included.</summary>
    IReadOnlyList<PeerProgress> UnreportedProgress(int most);

    /// <summary>What was reported: it comes again only when it has changed.</summary>
    void AcknowledgeProgress(IReadOnlyList<PeerProgress> reported);

    /// <summary>Stops listening and closes all connections; when it returns nothing is sent or counted any more.</summary>
    Task StopAsync();
}
