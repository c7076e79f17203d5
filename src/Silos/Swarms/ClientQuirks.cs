using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>What some clients mean otherwise than they say; seen on the wire.</summary>
internal static class ClientQuirks
{
    /// <summary>
    /// aria2 1.36 announces <c>left=0</c> while it has no metadata: taken at its word it would be a seed, get no seeds, and never start.
    /// </summary>
    public static bool SaysZeroBeforeMetadata(PeerId peerId) => peerId.AsSpan().StartsWith("A2-"u8);

    /// <summary>
    /// Its progress as it is meant. aria2's 0 without anything downloaded becomes "not known": said again late, after the real number, it
    /// would look as if all of the file had come at once.
    /// </summary>
    public static AnnouncedProgress ProgressOf(
        PeerId peerId,
        AnnounceEvent announceEvent,
        long leftBytes,
        long uploadedBytes,
        long downloadedBytes
    ) =>
        new(
            announceEvent,
            leftBytes == 0
            && downloadedBytes == 0
            && announceEvent != AnnounceEvent.Completed
            && SaysZeroBeforeMetadata(peerId)
                ? AnnouncedProgress.UnknownLeft
                : leftBytes,
            uploadedBytes,
            downloadedBytes
        );
}
