using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Edges.Fleet;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Owns the peers of many swarms, those whose info-hashes <see cref="SwarmShards"/> gives its number; so a received batch of announces makes a
/// few calls. What a swarm is says its <see cref="ISwarmGrain"/>. All its state is soft: definitions are asked for again, peers announce again.
/// </summary>
internal interface ISwarmShardGrain : IGrainWithIntegerKey
{
    /// <summary>Answers announces of its swarms once all that they add to the ledger is durable.</summary>
    ValueTask<AnnounceReplies> AnnounceAsync(AnnounceBatch batch);

    /// <summary>One announce, with peer ids and both families in the reply; durable as above.</summary>
    ValueTask<AnnounceReply> AnnounceOneAsync(InfoHash infoHash, SwarmAnnounce announce);

    /// <summary>Null for a swarm that is not open; likewise the next two.</summary>
    ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash);

    ValueTask<SwarmSnapshot?> GetSnapshotAsync(InfoHash infoHash);

    ValueTask<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        InfoHash infoHash,
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    );

    /// <summary>The same of many swarms; null for each that is not open.</summary>
    ValueTask<IReadOnlyList<IReadOnlyList<IPEndPoint>?>> AttachEdgesAsync(
        IReadOnlyList<InfoHash> swarms,
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    );

    /// <summary>The swarms that have leechers now.</summary>
    Task<IReadOnlyList<SwarmActivity>> ListActiveAsync();

    /// <summary>What an edge saw; durable when it returns. False: no such swarm is open here, and nothing was done.</summary>
    ValueTask<bool> WitnessAsync(InfoHash infoHash, IReadOnlyList<PeerProgress> progress);

    /// <summary>The swarm is open, as this; its grain says so after each change.</summary>
    ValueTask OpenAsync(OpenSwarm swarm);

    ValueTask CloseAsync(InfoHash infoHash);
}
