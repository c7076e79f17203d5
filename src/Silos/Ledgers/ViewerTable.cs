using System.Data.Common;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_viewer</c>.</summary>
internal static class ViewerTable
{
    public static ViewerRow Load(StateSession session, long fileKey, PeerId peerId, long nowSeconds) =>
        session.TryQuery(
            "SELECT account_key, first_seen, phase, baseline, smallest_left, uploaded_first, uploaded, completed, witnessed, "
                + "anomalies, held, start_held FROM ledger_viewer WHERE file_key = $1 AND peer_id = $2",
            Read,
            out ViewerRow viewer,
            fileKey,
            peerId.AsSpan().ToArray()
        )
            ? viewer
            : new ViewerRow(null, nowSeconds, default, 0, 0, ViewerRow.NotTold);

    public static void Save(StateSession session, long fileKey, PeerId peerId, in ViewerRow viewer) =>
        session.Execute(
            "INSERT INTO ledger_viewer (file_key, peer_id, account_key, first_seen, phase, baseline, smallest_left, credit, "
                + "uploaded_first, uploaded, completed, witnessed, anomalies, held, start_held) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
                + "ON CONFLICT (file_key, peer_id) DO UPDATE SET account_key = excluded.account_key, "
                + "phase = excluded.phase, baseline = excluded.baseline, smallest_left = excluded.smallest_left, "
                + "credit = excluded.credit, uploaded_first = excluded.uploaded_first, uploaded = excluded.uploaded, "
                + "completed = excluded.completed, witnessed = excluded.witnessed, "
                + "anomalies = excluded.anomalies, held = excluded.held, start_held = excluded.start_held",
            fileKey,
            peerId.AsSpan().ToArray(),
            viewer.AccountKey,
            viewer.FirstSeen,
            (int)viewer.Session.Phase,
            viewer.Session.BaselineBytes,
            viewer.Session.SmallestLeftBytes,
            viewer.Session.CreditBytes,
            viewer.Session.UploadedFirstBytes,
            viewer.Session.UploadedBytes,
            viewer.Session.Completed ? 1 : 0,
            viewer.WitnessedBytes,
            (int)viewer.Session.Anomalies,
            viewer.HeldBytes,
            viewer.StartHeldBytes
        );

    /// <summary>As <see cref="Save"/>, of a viewer that is there with this account: spares the account's index.</summary>
    public static void Update(StateSession session, long fileKey, PeerId peerId, in ViewerRow viewer) =>
        session.Execute(
            "UPDATE ledger_viewer SET phase = $3, baseline = $4, smallest_left = $5, credit = $6, uploaded_first = $7, "
                + "uploaded = $8, completed = $9, witnessed = $10, anomalies = $11, held = $12, start_held = $13 WHERE file_key = $1 AND peer_id = $2",
            fileKey,
            peerId.AsSpan().ToArray(),
            (int)viewer.Session.Phase,
            viewer.Session.BaselineBytes,
            viewer.Session.SmallestLeftBytes,
            viewer.Session.CreditBytes,
            viewer.Session.UploadedFirstBytes,
            viewer.Session.UploadedBytes,
            viewer.Session.Completed ? 1 : 0,
            viewer.WitnessedBytes,
            (int)viewer.Session.Anomalies,
            viewer.HeldBytes,
            viewer.StartHeldBytes
        );

    private static ViewerRow Read(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetInt64(1),
            new ViewerSession(
                (ViewerPhase)row.GetInt32(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7) != 0,
                (AnnounceAnomalies)row.GetInt32(9)
            ),
            row.GetInt64(8),
            row.GetInt64(10),
            row.GetInt64(11)
        );
}
