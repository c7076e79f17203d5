using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Announces;

/// <summary>What every front end of the tracker (HTTP, UDP, later WebSocket) hands its announces to. Any thread.</summary>
internal interface IAnnounceHandler
{
    int Shards { get; }

    /// <summary>The number, below that of the shards, for whose announces batches are made: one for all shards of a silo, once it is known where they are.</summary>
    int RouteOf(int shard);

    /// <summary>The swarm that is meant by an info-hash, and its shard; false: none such is open.</summary>
    bool TryFind(in InfoHash asked, out InfoHash swarm, out int shard);

    /// <summary>These announces come next, one after the other: a hint, so that their memory may be fetched together.</summary>
    void LookAhead(ReadOnlySpan<PackedAnnounce> announces) { }

    /// <summary>
    /// Answers one announce at once, where its swarm is on this silo; null: it is not, or goes by another name, so see <see cref="TryFind"/>. One
    /// that is <see cref="AnnounceOutcome.Deferred"/> has changed nothing, and is to be said again by <see cref="BookAsync"/>.
    /// </summary>
    /// <param name="reply">A <see cref="CompactReply"/>; endpoints that do not fit are left out.</param>
    AnnounceOutcome? TryAnnounce(in PackedAnnounce announce, DateTimeOffset time, Span<byte> reply, out int replyBytes);

    /// <summary>Answers announces for swarms on this silo, of any shards, in the batch's replies, once what they add is durable.</summary>
    /// <returns>False: a failure of ours, in which nothing was answered.</returns>
    ValueTask<bool> BookAsync(AnnounceBatch batch, string transport);

    /// <summary>Answers a batch of one route, wherever its shards are, in its replies, once what they add is durable.</summary>
    /// <returns>False: a failure of ours; somebody may still be at work on the batch, so let it go.</returns>
    ValueTask<bool> AnnounceAsync(int route, AnnounceBatch batch, string transport);

    /// <summary>Answers one announce. Refusals and failures of ours are answers too: nothing is thrown but cancellation.</summary>
    /// <param name="transport">"http" or "udp", for the metrics.</param>
    ValueTask<AnnounceReply> AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport);

    /// <summary>Null for a swarm that is not open, or cannot answer now.</summary>
    ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash);
}
