using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>Answers announces of any shards whose grains are on this silo, on their tables in place.</summary>
internal sealed partial class LocalAnnounces(
    SwarmShards shards,
    LocalShards localShards,
    Ledger ledger,
    TimeProvider clock,
    ILogger<LocalAnnounces> logger
)
{
    /// <summary>These announces are answered in a moment.</summary>
    public void LookAhead(ReadOnlySpan<PackedAnnounce> announces)
    {
        // A single one would only wait sooner.
        for (; announces.Length > 1; announces = announces[Math.Min(announces.Length, AnnouncesAhead.Most)..])
            AnnouncesAhead.Ask(announces[..Math.Min(announces.Length, AnnouncesAhead.Most)], shards, localShards);
    }

    /// <summary>At once; null: the shard is not here, or does not know the swarm yet.</summary>
    /// <inheritdoc cref="Swarm.TryAnnounce"/>
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

    /// <summary>
    /// Answers all in the batch's replies once what they add is durable; <see cref="AnnounceOutcome.Elsewhere"/> where it is not known here.
    /// What cannot be booked now stays <see cref="AnnounceOutcome.Deferred"/>; the others are answered all the same.
    /// </summary>
    public async ValueTask AnswerAsync(AnnounceBatch batch)
    {
        List<int>? toBook = null;
        DateTimeOffset time = clock.GetUtcNow();
        LookAhead(batch.Announces);
        for (int i = 0; i < batch.Count; i++)
        {
            AnnounceOutcome outcome =
                TryAnnounce(batch[i], time, PlaceOf(batch, i), out int written) ?? AnnounceOutcome.Elsewhere;
            batch.Replies.Set(i, outcome, written);
            if (outcome == AnnounceOutcome.Deferred)
                (toBook ??= []).Add(i);
        }
        try
        {
            if (toBook is not null)
                await BookAsync(batch, toBook).ConfigureAwait(false);
        }
        catch (StateUnavailableException fault)
        {
            LogNotBooked(fault);
        }
    }

    /// <summary>Books these of the batch, and answers them.</summary>
    public async ValueTask BookAsync(AnnounceBatch batch, IReadOnlyList<int> which)
    {
        var toBook = new (InfoHash, ViewerAnnounce)[which.Count];
        for (int i = 0; i < toBook.Length; i++)
            toBook[i] = (batch[which[i]].InfoHash, batch[which[i]].ToViewerAnnounce());
        BookedViewer?[] booked = await ledger.RecordAnnouncesAsync(toBook).ConfigureAwait(false);
        DateTimeOffset time = clock.GetUtcNow();
        for (int i = 0; i < toBook.Length; i++)
            AnnounceBooked(batch, which[i], booked[i], time);
    }

    private void AnnounceBooked(AnnounceBatch batch, int index, BookedViewer? viewer, DateTimeOffset time)
    {
        int written = 0;
        // It moved to another silo meanwhile: it may be asked there.
        AnnounceOutcome outcome = AnnounceOutcome.Unavailable;
        if (localShards.Find(shards.NumberOf(batch[index].InfoHash)) is { } here)
        {
            lock (here.Gate)
                outcome = here.AnnounceBooked(batch[index], viewer, time, PlaceOf(batch, index), out written);
        }
        batch.Replies.Set(index, outcome, written);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Announces from another silo could not be booked.")]
    private partial void LogNotBooked(Exception fault);

    private static Span<byte> PlaceOf(AnnounceBatch batch, int index) =>
        batch.Replies.PlaceOf(index)[AnnounceReplies.HeadBytes..];
}
