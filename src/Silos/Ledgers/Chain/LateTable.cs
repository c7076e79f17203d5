using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Rows of <c>ledger_late</c>: entries of hours that had been closed. They are added, never changed.</summary>
internal static class LateTable
{
    private static readonly string Insert =
        $"INSERT INTO ledger_late (file_key, hour_start, seq, at, {FigureColumns.List()}) "
        + $"VALUES ($1, $2, $3, $4, {FigureColumns.Places(5)})";

    /// <param name="at">Unix time of the entry.</param>
    public static void Append(StateSession session, PendingHour hour, long sequence, long at)
    {
        session.Execute(Insert, [hour.FileKey, hour.HourStart, sequence, at, .. FigureColumns.Values(hour.Growth)]);
        session.Execute(
            "UPDATE ledger_hour SET late = late + $3 WHERE file_key = $1 AND hour_start = $2",
            hour.FileKey,
            hour.HourStart,
            hour.Growth.High
        );
        session.Execute(
            "INSERT INTO ledger_publisher_hour (publisher_id, hour_start, low, high, web_seed, direct, edge, edge_fill, viewer_upload, "
                + "cdn, edge_metadata, edge_overhead, waste, late) VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $3) "
                + "ON CONFLICT (publisher_id, hour_start) DO UPDATE SET late = ledger_publisher_hour.late + excluded.late",
            hour.PublisherId,
            hour.HourStart,
            hour.Growth.High
        );
    }
}
