using System.Diagnostics;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces;

/// <summary>Hands announces to the shards: in place where the shard's grain is on this silo, else by calls to it.</summary>
internal sealed partial class GrainAnnounceHandler(
    SwarmShards shards,
    LocalShards localShards,
    OpenSwarms openSwarms,
    Ledger ledger,
    TimeProvider clock,
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

    public bool TryFind(in InfoHash asked, out InfoHash swarm, out int shard)
    {
        bool isOpen = openSwarms.TryFind(asked, out swarm);
        shard = shards.NumberOf(swarm);
        return isOpen;
    }

    public AnnounceOutcome? TryAnnounce(
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    )
    {
        replyBytes = 0;
        if (localShards.Find(shards.NumberOf(announce.InfoHash)) is not { } here)
            return null;
        lock (here.Gate)
            return here.TryAnnounce(announce, time, reply, out replyBytes);
    }

    public async ValueTask<bool> BookAsync(AnnounceBatch batch, string transport)
    {
        try
        {
            var toBook = new (InfoHash, ViewerAnnounce)[batch.Count];
            for (int i = 0; i < toBook.Length; i++)
                toBook[i] = (batch[i].InfoHash, batch[i].ToViewerAnnounce());
            BookedViewer?[] booked = await ledger.RecordAnnouncesAsync(toBook).ConfigureAwait(false);
            DateTimeOffset time = clock.GetUtcNow();
            for (int i = 0; i < toBook.Length; i++)
                AnnounceBooked(batch, i, booked[i], time);
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

    public async ValueTask<bool> AnnounceAsync(int shard, AnnounceBatch batch, string transport)
    {
        using Activity? activity = SiloMetrics.Activities.StartActivity("announces", ActivityKind.Server);
        activity?.SetTag("announces", batch.Count);
        try
        {
            AnnounceReplies replies = await shards[shard]
                .AnswerAsync(owner => owner.AnnounceAsync(batch))
                .ConfigureAwait(false);
            if (!ReferenceEquals(replies, batch.Replies))
                batch.Replies.CopyFrom(replies, batch.Count);
        }
#pragma warning disable CA1031 // as above
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogShardFailed(fault, shard);
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

    private void AnnounceBooked(AnnounceBatch batch, int index, BookedViewer? viewer, DateTimeOffset time)
    {
        int written = 0;
        // It moved to another silo meanwhile: it may be asked there.
        AnnounceOutcome outcome = AnnounceOutcome.Unavailable;
        if (localShards.Find(shards.NumberOf(batch[index].InfoHash)) is { } here)
        {
            Span<byte> reply = batch.Replies.PlaceOf(index)[AnnounceReplies.HeadBytes..];
            lock (here.Gate)
                outcome = here.AnnounceBooked(batch[index], viewer, time, reply, out written);
        }
        batch.Replies.Set(index, outcome, written);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Announces could not be booked.")]
    private partial void LogBookingFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The swarm {InfoHash} could not answer.")]
    private partial void LogFailed(Exception fault, InfoHash infoHash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The shard {Shard} could not answer.")]
    private partial void LogShardFailed(Exception fault, int shard);
}
