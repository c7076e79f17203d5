using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>What a shard does for browsers; the same grain as <see cref="ISwarmShardGrain"/> of its number.</summary>
internal interface IBrowserShardGrain : IGrainWithIntegerKey
{
    /// <summary>Answers one announce once what it adds to the ledger is durable.</summary>
    ValueTask<BrowserReply> AnnounceAsync(InfoHash infoHash, BrowserAnnounce announce);

    /// <summary>Null: the swarm is not open, or nobody of this id is in it.</summary>
    ValueTask<BrowserContact?> FindAsync(InfoHash infoHash, PeerId peerId);

    /// <summary>Its socket is closed: gone at once. What it said is booked already.</summary>
    ValueTask LeaveAsync(InfoHash infoHash, PeerId peerId, BrowserContact contact);
}
