using System.Data.Common;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// What is booked and not in the chain yet. Bytes of a file that is not known yet wait until it is: no report has them either.
/// </summary>
internal static class PendingHours
{
    private const string OfFile = "f.file_id, f.publisher_id, f.info_hash ";

    /// <summary>Hours whose figures grew, oldest first.</summary>
    /// <param name="before">Unix time: hours that start before it.</param>
    public static List<PendingHour> ReadGrown(StateSession session, long before, int limit) =>
        session.Query(
            "SELECT h.hour_start, h.file_key, "
                + OfFile
                + ", h.low, h.high, h.web_seed, h.direct, h.edge, h.edge_fill, h.viewer_upload, "
                + "h.cdn, h.edge_metadata, h.edge_overhead, h.waste, "
                + "h.chained_low, h.chained_high, h.chained_web_seed, h.chained_direct, h.chained_edge, "
                + "h.chained_edge_fill, h.chained_viewer_upload, h.chained_cdn, h.chained_edge_metadata, "
                + "h.chained_edge_overhead, h.chained_waste "
                + "FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key "
                + "WHERE h.is_chained = 0 AND h.hour_start < $1 AND f.file_id IS NOT NULL "
                + "ORDER BY h.hour_start, h.file_key LIMIT $2",
            static row => ReadHour(row, Growth(row)),
            before,
            limit
        );

    /// <summary>Hours in which a viewer came or changed and no figure grew.</summary>
    public static List<PendingHour> ReadPeopled(StateSession session, long before, int limit) =>
        session.Query(
            "SELECT DISTINCT h.hour_start, h.file_key, "
                + OfFile
                + "FROM ledger_presence h JOIN ledger_file f ON f.file_key = h.file_key "
                + "WHERE h.got + 2 * h.gave <> h.chained AND h.hour_start < $1 AND f.file_id IS NOT NULL "
                + "ORDER BY h.hour_start, h.file_key LIMIT $2",
            static row => ReadHour(row, default),
            before,
            limit
        );

    /// <summary>The chain has the hour's figures from here on.</summary>
    public static void MarkChained(StateSession session, PendingHour hour)
    {
        ChainFigures growth = hour.Growth;
        session.Execute(
            "UPDATE ledger_hour SET is_chained = 1, chained_low = chained_low + $3, chained_high = chained_high + $4, "
                + "chained_web_seed = chained_web_seed + $5, chained_direct = chained_direct + $6, "
                + "chained_edge = chained_edge + $7, chained_edge_fill = chained_edge_fill + $8, "
                + "chained_viewer_upload = chained_viewer_upload + $9, chained_cdn = chained_cdn + $10, "
                + "chained_edge_metadata = chained_edge_metadata + $11, chained_edge_overhead = chained_edge_overhead + $12, "
                + "chained_waste = chained_waste + $13 WHERE file_key = $1 AND hour_start = $2",
            hour.FileKey,
            hour.HourStart,
            growth.Low,
            growth.High,
            growth.WebSeed,
            growth.Direct,
            growth.Edge,
            growth.EdgeFill,
            growth.ViewerUpload,
            growth.Cdn,
            growth.EdgeMetadata,
            growth.EdgeOverhead,
            growth.Waste
        );
    }

    /// <summary>Takes viewers of the hour whose rows differ from the chain, and lets the rows say that the chain has them.</summary>
    public static List<(byte[] Viewer, ChainPresence Before, ChainPresence After)> TakeViewers(
        StateSession session,
        PendingHour hour
    )
    {
        List<(byte[] Viewer, ChainPresence Before, ChainPresence After)> viewers = session.Query(
            "SELECT viewer, chained, got + 2 * gave FROM ledger_presence "
                + "WHERE file_key = $1 AND hour_start = $2 AND got + 2 * gave <> chained ORDER BY viewer LIMIT $3",
            static row =>
                (row.GetFieldValue<byte[]>(0), (ChainPresence)row.GetInt32(1), (ChainPresence)row.GetInt32(2)),
            hour.FileKey,
            hour.HourStart,
            ChainHour.MaxViewers
        );
        if (viewers.Count == 0)
            return viewers;
        session.Execute(
            "UPDATE ledger_presence SET chained = got + 2 * gave "
                + "WHERE file_key = $1 AND hour_start = $2 AND viewer <= $3 AND got + 2 * gave <> chained",
            hour.FileKey,
            hour.HourStart,
            viewers[^1].Viewer
        );
        if (viewers.Exists(static viewer => viewer.After == ChainPresence.None))
            session.Execute(
                "DELETE FROM ledger_presence "
                    + "WHERE file_key = $1 AND hour_start = $2 AND got = 0 AND gave = 0 AND chained = 0",
                hour.FileKey,
                hour.HourStart
            );
        return viewers;
    }

    private static PendingHour ReadHour(DbDataReader row, ChainFigures growth) =>
        new(
            row.GetInt64(0),
            row.GetInt64(1),
            row.GetString(2),
            row.GetString(3),
            Convert.ToHexStringLower(row.GetFieldValue<byte[]>(4)),
            growth
        );

    private static ChainFigures Growth(DbDataReader row)
    {
        return new ChainFigures(Of(0), Of(1), Of(2), Of(3), Of(4), Of(5), Of(6), Of(7), Of(8), Of(9), Of(10));

        // Rows only grow. What somebody made smaller stays in the chain as it was.
        long Of(int figure) => Math.Max(0, row.GetInt64(5 + figure) - row.GetInt64(16 + figure));
    }
}
