using System.Diagnostics;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces;

/// <summary>Hands announces to the shards: in place where the shard's grain is on this silo, else by calls to it.</summary>
internal sealed partial class GrainAnnounceHandler(
    SwarmShards shards,
    ShardRoutes routes,
    LocalAnnounces here,
    RemoteAnnounces elsewhere,
    OpenSwarms openSwarms,
    SiloMetrics metrics,
    ILogger<GrainAnnounceHandler> logger
) : IAnnounceHandler
{
    private static readonly AnnounceReply Unregistered = AnnounceReply.Refused(
        AnnounceOutcome.Unregistered.FailureReason()!
    );
    private static readonly AnnounceReply Unavailable = AnnounceReply.Refused(
        AnnounceOutcome.Unavailable.FailureReason()!
    );

    public int Shards => shards.Count;

    public int RouteOf(int shard) => routes.RouteOf(shard);

    public bool TryFind(in InfoHash asked, out InfoHash swarm, out int shard)
    {
        bool isOpen = openSwarms.TryFind(asked, out swarm);
        shard = shards.NumberOf(swarm);
        return isOpen;
    }

    public void LookAhead(ReadOnlySpan<PackedAnnounce> announces) => here.LookAhead(announces);

    public AnnounceOutcome? TryAnnounce(
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    ) => here.TryAnnounce(announce, time, reply, out replyBytes);

    public async ValueTask<bool> BookAsync(AnnounceBatch batch, string transport)
    {
        try
        {
            await here.BookAsync(batch, [.. Enumerable.Range(0, batch.Count)]).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a client gets an answer that tells nothing of our inside; the log has the rest
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBookingFailed(fault);
            return false;
        }
        metrics.CountAnnounces(transport, batch);
        return true;
    }

    public async ValueTask<bool> AnnounceAsync(int route, AnnounceBatch batch, string transport)
    {
        using Activity? activity = SiloMetrics.Activities.StartActivity("announces", ActivityKind.Server);
        activity?.SetTag("announces", batch.Count);
        try
        {
            await elsewhere.AnswerAsync(route, batch).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // as above
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogShardFailed(fault, route);
            activity?.SetStatus(ActivityStatusCode.Error);
            return false;
        }
        metrics.CountAnnounces(transport, batch);
        return true;
    }

    public async ValueTask<AnnounceReply> AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport)
    {
        using Activity? activity = SiloMetrics.Activities.StartActivity("announce", ActivityKind.Server);
        AnnounceReply reply = Unregistered;
        if (TryFind(infoHash, out InfoHash swarm, out int shard))
        {
            try
            {
                reply = await shards[shard].AnswerAsync(owner => owner.AnnounceOneAsync(swarm, announce));
            }
#pragma warning disable CA1031 // as above
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogFailed(fault, infoHash);
                activity?.SetStatus(ActivityStatusCode.Error);
                reply = Unavailable;
            }
        }
        metrics.CountAnnounces(transport, announce.Event, reply.FailureReason is not null, 1);
        return reply;
    }

    public async ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash)
    {
        if (!TryFind(infoHash, out InfoHash swarm, out int shard))
            return null;
        try
        {
            return await shards[shard].AnswerAsync(owner => owner.ScrapeAsync(swarm));
        }
#pragma warning disable CA1031 // as above
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(fault, infoHash);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Announces could not be booked.")]
    private partial void LogBookingFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The swarm {InfoHash} could not answer.")]
    private partial void LogFailed(Exception fault, InfoHash infoHash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The shard {Shard}, or one on its silo, could not answer.")]
    private partial void LogShardFailed(Exception fault, int shard);
}
