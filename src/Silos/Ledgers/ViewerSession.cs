using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// What one peer id's announces add up to, for one file. <see cref="CreditBytes"/> is how far <c>left</c> has fallen below the baseline:
/// it only grows, whatever is repeated, reordered or sent again after a restart.
/// </summary>
/// <remarks>
/// Before a client has the metadata its <c>left</c> is a placeholder. Seen from bare magnets: libtorrent 2.0 and WebTorrent 2.8 send 16384
/// (the latter with a few bytes uploaded, and again when it stops), Transmission 3.00 2^63-1, rTorrent 0.9.8 1, aria2 1.36 0 (and a second
/// <c>started</c> afterwards). Transmission, rTorrent and qBittorrent take a new peer id with the metadata.
/// </remarks>
/// <param name="BaselineBytes">What was left at the start; the credit's upper bound.</param>
/// <param name="SmallestLeftBytes">The least that was plausibly left at any time.</param>
/// <param name="UploadedFirstBytes">What the client said at first: only what is above it counts.</param>
/// <param name="UploadedBytes">The most that it said.</param>
/// <param name="Completed">It got the last of it: it said so, or came to nothing left. A client that had the file when it started did not.</param>
/// <param name="Anomalies">What it said that cannot be so.</param>
public readonly record struct ViewerSession(
    ViewerPhase Phase,
    long BaselineBytes,
    long SmallestLeftBytes,
    long UploadedFirstBytes,
    long UploadedBytes,
    bool Completed,
    AnnounceAnomalies Anomalies = AnnounceAnomalies.None
)
{
    /// <summary>libtorrent's and WebTorrent's <c>left</c> for a torrent without metadata: one block.</summary>
    private const long OneBlock = 16384;

    /// <summary>WebTorrent counts what its handshakes and requests take; nobody gives pieces before the metadata.</summary>
    private const long MostUploadedBeforeMetadata = 1 << 20;

    /// <summary>rTorrent's.</summary>
    private const long OneByte = 1;

    /// <summary>What the viewer says it got.</summary>
    public long CreditBytes => BaselineBytes - SmallestLeftBytes;

    /// <summary>What the viewer says it gave; in no saving.</summary>
    public long GivenBytes => UploadedBytes - UploadedFirstBytes;

    /// <summary>The session after one more announce; equal to this one where the announce says nothing new.</summary>
    /// <param name="sizeBytes">The file's.</param>
    /// <param name="mostUploadedBytes">No claim above this is believed.</param>
    public ViewerSession Next(in ViewerAnnounce announce, long sizeBytes, long mostUploadedBytes) =>
        Next(announce.Progress, sizeBytes, mostUploadedBytes);

    /// <inheritdoc cref="Next(in ViewerAnnounce, long, long)"/>
    public ViewerSession Next(in AnnouncedProgress announce, long sizeBytes, long mostUploadedBytes)
    {
        ViewerSession next = this;
        long uploaded = Math.Clamp(announce.UploadedBytes, 0, Math.Max(0, mostUploadedBytes));
        if (Phase == ViewerPhase.Unannounced)
            next = Open(announce, sizeBytes) with { UploadedFirstBytes = uploaded, UploadedBytes = uploaded };
        else if (Phase == ViewerPhase.AwaitsMetadata)
            next = LearnSize(announce, sizeBytes);
        else if (!IsPlaceholder(announce, sizeBytes))
            next = Progress(announce);
        return next with
        {
            UploadedBytes = Math.Max(next.UploadedBytes, uploaded),
            // aria2 with --seed-time=0 and rTorrent say `stopped` with nothing left, and never `completed`; WebTorrent says `completed` of
            // what it found on its disk.
            Completed =
                next.Completed
                || (announce.Event == AnnounceEvent.Completed && next.CreditBytes > 0)
                || next.IsFinished,
            Anomalies =
                Anomalies
                | AnomalyMarks.Of(this, announce, IsBeforeMetadata(announce, sizeBytes), sizeBytes, mostUploadedBytes),
        };
    }

    private bool IsFinished => Phase == ViewerPhase.Counted && SmallestLeftBytes == 0 && CreditBytes > 0;

    private static ViewerSession Open(in AnnouncedProgress announce, long sizeBytes)
    {
        if (announce.Event == AnnounceEvent.Completed)
        {
            // Its start was not seen, so nothing says how much of the file it had.
            return default(ViewerSession) with { Phase = ViewerPhase.Counted };
        }
        if (IsPlaceholder(announce, sizeBytes))
            return default(ViewerSession) with { Phase = ViewerPhase.AwaitsMetadata };
        return default(ViewerSession) with
        {
            Phase = ViewerPhase.Counted,
            BaselineBytes = announce.LeftBytes,
            SmallestLeftBytes = announce.LeftBytes,
        };
    }

    private ViewerSession LearnSize(in AnnouncedProgress announce, long sizeBytes)
    {
        if (announce.Event == AnnounceEvent.Completed)
            return this with
            {
                Phase = ViewerPhase.Counted,
                BaselineBytes = MostLeftAtStart(announce with { LeftBytes = 0 }, sizeBytes),
                SmallestLeftBytes = 0,
            };
        // Nothing left without `completed` is a client that found the file on its disk once it knew what to look for.
        if (IsPlaceholder(announce, sizeBytes) || announce.LeftBytes == 0)
            return this;
        // A second `started` with nothing downloaded tells what the client resumes from.
        bool resumes = announce is { Event: AnnounceEvent.Started, NothingDownloaded: true };
        return this with
        {
            Phase = ViewerPhase.Counted,
            BaselineBytes = resumes ? announce.LeftBytes : MostLeftAtStart(announce, sizeBytes),
            SmallestLeftBytes = announce.LeftBytes,
        };
    }

    /// <summary>
    /// libtorrent starts a magnet again on top of what is on its disk, and does not say so: then what is left now and what it has downloaded
    /// do not make up the file. Where clients leave out what came from web seeds, our own count of that stands in.
    /// </summary>
    private static long MostLeftAtStart(in AnnouncedProgress announce, long sizeBytes) =>
        announce.DownloadedBytes < 0 || announce.DownloadedBytes > sizeBytes - announce.LeftBytes
            ? sizeBytes
            : announce.LeftBytes + announce.DownloadedBytes;

    private ViewerSession Progress(in AnnouncedProgress announce)
    {
        // aria2 starts with left=0 and starts again with the real one once it has the metadata.
        bool startsAnew =
            CreditBytes == 0
            && announce is { Event: AnnounceEvent.Started, NothingDownloaded: true }
            && announce.LeftBytes > BaselineBytes;
        return this with
        {
            BaselineBytes = startsAnew ? announce.LeftBytes : BaselineBytes,
            SmallestLeftBytes = startsAnew ? announce.LeftBytes : Math.Min(SmallestLeftBytes, announce.LeftBytes),
        };
    }

    private static bool IsPlaceholder(in AnnouncedProgress announce, long sizeBytes) =>
        announce.LeftBytes < 0 || announce.LeftBytes > sizeBytes || IsBeforeMetadata(announce, sizeBytes);

    private static bool IsBeforeMetadata(in AnnouncedProgress announce, long sizeBytes) =>
        announce
            is {
                LeftBytes: OneBlock or OneByte,
                UploadedBytes: <= MostUploadedBeforeMetadata,
                NothingDownloaded: true,
                Event: not AnnounceEvent.Completed
            }
        && sizeBytes != announce.LeftBytes;
}
