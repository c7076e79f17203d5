using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Answers announces whose shards are on other silos: one call to the silo where they were met last, and a call to the shard's grain for each
/// shard that is not there any more, or was never met.
/// </summary>
internal sealed partial class RemoteAnnounces(
    IServiceProvider services,
    SwarmShards shards,
    ShardRoutes routes,
    ILogger<RemoteAnnounces> logger
) : GrainServiceClient<ISiloAnnounces>(services)
{
    /// <summary>Answers a batch in its replies.</summary>
    public async ValueTask AnswerAsync(int route, AnnounceBatch batch)
    {
        IEnumerable<int> left = Enumerable.Range(0, batch.Count);
        if (routes.SiloOf(route) is { } silo)
        {
            try
            {
                AnnounceReplies replies = await GetGrainService(silo).AnnounceAsync(batch).ConfigureAwait(false);
                batch.Replies.CopyFrom(replies, batch.Count);
                left = left.Where(i => batch.Replies.OutcomeOf(i) == AnnounceOutcome.Elsewhere);
            }
            catch (Exception gone) when (gone is SiloUnavailableException or OrleansMessageRejectionException)
            {
                LogGone(gone, silo);
                routes.Forget(silo);
            }
        }
        ILookup<int, int> byShard = left.ToLookup(i => shards.NumberOf(batch[i].InfoHash));
        if (byShard.Count > 0)
            await Task.WhenAll(byShard.Select(some => AskAsync(some.Key, batch, [.. some]))).ConfigureAwait(false);
    }

    private async Task AskAsync(int shard, AnnounceBatch batch, int[] which)
    {
        AnnounceBatch some = which.Length == batch.Count ? batch : batch.Pick(which);
        AnnounceReplies replies = await shards[shard]
            .AnswerAsync(owner => owner.AnnounceAsync(some))
            .ConfigureAwait(false);
        for (int i = 0; i < which.Length && !ReferenceEquals(replies, batch.Replies); i++)
            batch.Replies.CopyFrom(replies, i, which[i]);
        if (replies.Owner is { } owner)
            routes.Learn(shard, owner);
        else
            routes.Forget(shard);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo}, which had shards, is gone.")]
    private partial void LogGone(Exception fault, SiloAddress silo);
}
