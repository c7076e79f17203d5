using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>One on each silo; <see cref="RemoteAnnounces"/> calls them.</summary>
internal sealed class SiloAnnouncesService(
    GrainId id,
    Silo silo,
    ILoggerFactory loggerFactory,
    LocalAnnounces announces
) : GrainService(id, silo, loggerFactory), ISiloAnnounces
{
    public async Task<AnnounceReplies> AnnounceAsync(AnnounceBatch batch)
    {
        await announces.AnswerAsync(batch);
        return batch.Replies;
    }
}
