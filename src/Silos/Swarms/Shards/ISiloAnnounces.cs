using Orleans.Services;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>A silo's answers to announces that came in at another one.</summary>
internal interface ISiloAnnounces : IGrainService
{
    /// <summary>
    /// Announces of any shards of this silo, answered once what they add is durable; <see cref="AnnounceOutcome.Elsewhere"/> for those that are
    /// not known here.
    /// </summary>
    Task<AnnounceReplies> AnnounceAsync(AnnounceBatch batch);
}
