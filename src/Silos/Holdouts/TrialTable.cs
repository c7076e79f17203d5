using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Holdouts;

/// <summary>Rows of <c>ledger_trial</c>: how viewers of both groups fared. Written of publishers that compare, and of nobody else.</summary>
internal static class TrialTable
{
    /// <summary>An announce of a viewer, before and after it. One that had the file when it came is no viewer to compare.</summary>
    /// <param name="now">Unix time.</param>
    public static void Announce(
        StateSession session,
        long fileKey,
        PeerId peerId,
        bool isHeldOut,
        in ViewerSession before,
        in ViewerSession after,
        long now
    )
    {
        byte[] id = peerId.AsSpan().ToArray();
        if (
            before.Phase == ViewerPhase.Unannounced
            && (after.BaselineBytes > 0 || after.Phase == ViewerPhase.AwaitsMetadata)
        )
            session.Execute(
                "INSERT INTO ledger_trial (file_key, peer_id, held_out, started_at, began_at, completed_at, last_at) "
                    + "VALUES ($1, $2, $3, $4, 0, 0, $4) ON CONFLICT (file_key, peer_id) DO NOTHING",
                fileKey,
                id,
                isHeldOut ? 1 : 0,
                now
            );
        if (after.CreditBytes > before.CreditBytes || after.Completed != before.Completed)
            session.Execute(
                "UPDATE ledger_trial SET last_at = $3, began_at = CASE WHEN began_at = 0 THEN $3 ELSE began_at END, "
                    + "completed_at = CASE WHEN completed_at = 0 AND $4 = 1 THEN $3 ELSE completed_at END "
                    + "WHERE file_key = $1 AND peer_id = $2",
                fileKey,
                id,
                now,
                after.Completed ? 1 : 0
            );
    }

    /// <summary>An edge saw that it has something.</summary>
    public static void See(StateSession session, long fileKey, PeerId peerId, long now) =>
        session.Execute(
            "UPDATE ledger_trial SET last_at = $3, began_at = CASE WHEN began_at = 0 THEN $3 ELSE began_at END "
                + "WHERE file_key = $1 AND peer_id = $2",
            fileKey,
            peerId.AsSpan().ToArray(),
            now
        );

    /// <summary>Our side sent something to a household: to all its viewers that wait.</summary>
    public static void Send(StateSession session, long fileKey, long accountKey, long now) =>
        session.Execute(
            "UPDATE ledger_trial SET last_at = $3, began_at = CASE WHEN began_at = 0 THEN $3 ELSE began_at END "
                + "WHERE file_key = $1 AND completed_at = 0 AND peer_id IN (SELECT peer_id FROM ledger_viewer WHERE account_key = $2)",
            fileKey,
            accountKey,
            now
        );
}
