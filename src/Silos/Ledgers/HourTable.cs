using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_hour</c> and <c>ledger_presence</c>, as bookings make them; Chain/ tells what of them is in the chain.</summary>
internal static class HourTable
{
    public const int HourSeconds = 3600;

    public static long HourOf(long unixSeconds) => unixSeconds - unixSeconds % HourSeconds;

    public static void Add(StateSession session, long fileKey, long hourStart, in LedgerDelta delta)
    {
        if (delta.IsEmpty)
            return;
        session.Execute(
            "INSERT INTO ledger_hour "
                + "(file_key, hour_start, low, high, web_seed, direct, edge, edge_fill, viewer_upload, "
                + "cdn, edge_metadata, edge_overhead, waste) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
                + "ON CONFLICT (file_key, hour_start) DO UPDATE SET low = ledger_hour.low + excluded.low, "
                + "high = ledger_hour.high + excluded.high, web_seed = ledger_hour.web_seed + excluded.web_seed, "
                + "direct = ledger_hour.direct + excluded.direct, edge = ledger_hour.edge + excluded.edge, "
                + "edge_fill = ledger_hour.edge_fill + excluded.edge_fill, "
                + "viewer_upload = ledger_hour.viewer_upload + excluded.viewer_upload, cdn = ledger_hour.cdn + excluded.cdn, "
                + "edge_metadata = ledger_hour.edge_metadata + excluded.edge_metadata, "
                + "edge_overhead = ledger_hour.edge_overhead + excluded.edge_overhead, "
                + "waste = ledger_hour.waste + excluded.waste, is_chained = 0",
            fileKey,
            hourStart,
            delta.LowBytes,
            delta.HighBytes,
            delta.WebSeedBytes,
            delta.DirectBytes,
            delta.EdgeBytes,
            delta.EdgeFillBytes,
            delta.ViewerUploadBytes,
            delta.CdnBytes,
            delta.EdgeMetadataBytes,
            delta.EdgeOverheadBytes,
            delta.WasteBytes
        );
    }

    public static void MarkViewer(
        StateSession session,
        long fileKey,
        long hourStart,
        byte[] viewer,
        bool got,
        bool gave
    )
    {
        if (!got && !gave)
            return;
        session.Execute(
            "INSERT INTO ledger_presence (file_key, hour_start, viewer, got, gave) VALUES ($1, $2, $3, $4, $5) "
                + "ON CONFLICT (file_key, hour_start, viewer) DO UPDATE SET "
                + "got = ledger_presence.got | excluded.got, gave = ledger_presence.gave | excluded.gave",
            fileKey,
            hourStart,
            viewer,
            got ? 1 : 0,
            gave ? 1 : 0
        );
    }

    /// <summary>An address turned out to be a viewer with a name, or two addresses to be one.</summary>
    public static void RenameViewer(StateSession session, long fileKey, byte[] from, byte[] to)
    {
        List<(long HourStart, bool Got, bool Gave)> rows = session.Query(
            "SELECT hour_start, got, gave FROM ledger_presence WHERE file_key = $1 AND viewer = $2",
            static row => (row.GetInt64(0), row.GetInt64(1) != 0, row.GetInt64(2) != 0),
            fileKey,
            from
        );
        if (rows.Count == 0)
            return;
        // What the chain has of the old name is taken back there, by the next entry of that hour: until then the row stays, empty.
        session.Execute(
            "DELETE FROM ledger_presence WHERE file_key = $1 AND viewer = $2 AND chained = 0",
            fileKey,
            from
        );
        session.Execute(
            "UPDATE ledger_presence SET got = 0, gave = 0 WHERE file_key = $1 AND viewer = $2",
            fileKey,
            from
        );
        foreach ((long hourStart, bool got, bool gave) in rows)
            MarkViewer(session, fileKey, hourStart, to, got, gave);
    }
}
