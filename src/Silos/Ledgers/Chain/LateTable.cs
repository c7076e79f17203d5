using Distribution.Contracts.Ledgers.Chain;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Rows of <c>ledger_late</c>: entries of hours that had been closed. They are added, never changed.</summary>
internal static class LateTable
{
    /// <param name="at">Unix time of the entry.</param>
    public static void Append(StateSession session, PendingHour hour, long sequence, long at)
    {
        ChainFigures growth = hour.Growth;
        session.Execute(
            "INSERT INTO ledger_late (file_key, hour_start, seq, at, low, high, web_seed, direct, edge, edge_fill, viewer_upload, "
                + "cdn, edge_metadata, edge_overhead, waste) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            hour.FileKey,
            hour.HourStart,
            sequence,
            at,
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
        session.Execute(
            "UPDATE ledger_hour SET late = late + $3 WHERE file_key = $1 AND hour_start = $2",
            hour.FileKey,
            hour.HourStart,
            growth.High
        );
    }
}
