using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// Finds what of an announce cannot be so. Announces of the captured clients (docs/accounting.md) have none of it: late arrivals, several
/// trackers, restarts and placeholders are no marks. Without allocation, as each announce comes by here.
/// </summary>
internal static class AnomalyMarks
{
    /// <summary>A mebibyte: WebTorrent counts what its protocol sends as uploaded, and others throw away a piece that was damaged.</summary>
    private const long Slack = 1 << 20;
    private const int SlackShare = 16;

    /// <param name="known">The session before the announce.</param>
    /// <param name="isBeforeMetadata"><c>left</c> is what clients say before they know the size.</param>
    /// <param name="mostUploadedBytes">What a fast line could have sent since the viewer was first seen.</param>
    public static AnnounceAnomalies Of(
        in ViewerSession known,
        in AnnouncedProgress announce,
        bool isBeforeMetadata,
        long sizeBytes,
        long mostUploadedBytes
    )
    {
        AnnounceAnomalies found = AnnounceAnomalies.None;
        // Said by clients that do not know: Transmission's 2^63-1, WebTorrent's -1.
        bool isUnknown = announce.LeftBytes is -1 or AnnouncedProgress.UnknownLeft;
        if ((ulong)announce.LeftBytes > (ulong)sizeBytes && !isUnknown && !isBeforeMetadata)
            found |= AnnounceAnomalies.LeftAboveSize;
        if (announce.UploadedBytes > mostUploadedBytes)
            found |= AnnounceAnomalies.UploadAboveLine;
        if (announce.Event == AnnounceEvent.Completed && IsAlwaysComplete(known))
            found |= AnnounceAnomalies.CompletedUnseen;
        // A new start may begin anew, and WebTorrent forgets all figures before it says that it stops.
        if (announce.Event is AnnounceEvent.Started or AnnounceEvent.Stopped)
            return found | WithoutData(known, announce, isBeforeMetadata, isUnknown, sizeBytes);
        if (
            known.Phase == ViewerPhase.Counted
            && !isBeforeMetadata
            && announce.LeftBytes <= sizeBytes
            && announce.LeftBytes - known.SmallestLeftBytes > Slack + sizeBytes / SlackShare
        )
            found |= AnnounceAnomalies.LeftGrew;
        if (known.UploadedBytes - announce.UploadedBytes > Slack + known.UploadedBytes / SlackShare)
            found |= AnnounceAnomalies.UploadShrank;
        return found | WithoutData(known, announce, isBeforeMetadata, isUnknown, sizeBytes);
    }

    /// <summary>Its first word, or after it had nothing left from the start.</summary>
    private static bool IsAlwaysComplete(in ViewerSession known) =>
        known.Phase == ViewerPhase.Unannounced
        || (known is { Phase: ViewerPhase.Counted, CreditBytes: 0, SmallestLeftBytes: 0, Completed: false });

    private static AnnounceAnomalies WithoutData(
        in ViewerSession known,
        in AnnouncedProgress announce,
        bool isBeforeMetadata,
        bool isUnknown,
        long sizeBytes
    ) =>
        announce.NothingDownloaded
        && announce.UploadedBytes > Slack
        && known.CreditBytes == 0
        && !isUnknown
        && !isBeforeMetadata
        && (ulong)announce.LeftBytes >= (ulong)sizeBytes
            ? AnnounceAnomalies.UploadWithoutData
            : AnnounceAnomalies.None;
}
