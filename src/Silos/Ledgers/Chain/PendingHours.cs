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

    private static readonly string Grown =
        "SELECT h.hour_start, h.file_key, "
        + OfFile
        + $", {FigureColumns.List("h.")}, {FigureColumns.List("h.chained_")} "
        + "FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key "
        + "WHERE h.is_chained = 0 AND h.hour_start < $1 AND f.file_id IS NOT NULL "
        + "ORDER BY h.hour_start, h.file_key LIMIT $2";

    private static readonly string Mark =
        $"UPDATE ledger_hour SET is_chained = 1, {FigureColumns.PlusPlaces("chained_", 3)} WHERE file_key = $1 AND hour_start = $2";

    private static readonly string AddToPublisher =
        $"INSERT INTO ledger_publisher_hour (publisher_id, hour_start, {FigureColumns.List()}, late) "
        + $"VALUES ($1, $2, {FigureColumns.Places(3)}, 0) "
        + $"ON CONFLICT (publisher_id, hour_start) DO UPDATE SET {FigureColumns.Plus("ledger_publisher_hour")}";

    /// <summary>Hours whose figures grew, oldest first.</summary>
    /// <param name="before">Unix time: hours that start before it.</param>
    public static List<PendingHour> ReadGrown(StateSession session, long before, int limit) =>
        session.Query(Grown, static row => ReadHour(row, Growth(row)), before, limit);

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

    /// <summary>The chain has the hour's figures from here on, and the publisher's sums too.</summary>
    public static void MarkChained(StateSession session, PendingHour hour)
    {
        object?[] growth = FigureColumns.Values(hour.Growth);
        session.Execute(Mark, [hour.FileKey, hour.HourStart, .. growth]);
        session.Execute(AddToPublisher, [hour.PublisherId, hour.HourStart, .. growth]);
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

    // Rows only grow. What somebody made smaller stays in the chain as it was.
    private static ChainFigures Growth(DbDataReader row) =>
        FigureColumns.Read(figure =>
            Math.Max(0, row.GetInt64(5 + figure) - row.GetInt64(5 + FigureColumns.Count + figure))
        );
}
