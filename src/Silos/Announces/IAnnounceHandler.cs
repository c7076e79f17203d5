using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Announces;

/// <summary>What every front end of the tracker (HTTP, UDP, later WebSocket) hands its announces to. Any thread.</summary>
internal interface IAnnounceHandler
{
    /// <summary>Batches are made for one shard each.</summary>
    int Shards { get; }

    /// <summary>The swarm that is meant by an info-hash, and its shard; false: none such is open.</summary>
    bool TryFind(in InfoHash asked, out InfoHash swarm, out int shard);

    /// <summary>
    /// Answers one announce at once, where its shard is on this silo; null: it is not, so a batch must go there. Announces that are
    /// <see cref="AnnounceOutcome.Deferred"/> are to be said again in a batch.
    /// </summary>
    /// <param name="reply">A <see cref="CompactReply"/>; endpoints that do not fit are left out.</param>
    AnnounceOutcome? TryAnnounce(
        int shard,
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    );

    /// <summary>
    /// Answers a batch, in its replies. Those that are <see cref="AnnounceOutcome.Deferred"/> are to be said again with
    /// <paramref name="isDeferred"/>, which waits until they are booked.
    /// </summary>
    /// <returns>False: a failure of ours; somebody may still be at work on the batch, so let it go.</returns>
    ValueTask<bool> AnnounceAsync(int shard, AnnounceBatch batch, bool isDeferred, string transport);

    /// <summary>Answers one announce. Refusals and failures of ours are answers too: nothing is thrown but cancellation.</summary>
    /// <param name="transport">"http" or "udp", for the metrics.</param>
    ValueTask<AnnounceReply> AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport);

    /// <summary>Null for a swarm that is not open, or cannot answer now.</summary>
    ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash);
}
