using System.Globalization;
using Distribution.Silos.State;

namespace Distribution.Benchmarks.Ledger;

/// <summary>Rows of a busy ledger, made by the database itself: bookings of a year would take as long as they do.</summary>
internal static class Rows
{
    private const int HourSeconds = 3600;
    private const int Step = 100;

    /// <summary>Files that are each active in the same hours, with viewers that each come once.</summary>
    /// <param name="isChained">As if the chain had all of it, with the sums that are kept then.</param>
    public static async Task AddAsync(
        StateDatabase database,
        bool isPostgres,
        int files,
        int hours,
        int everySeconds,
        int viewers,
        long lastHour,
        bool isChained
    )
    {
        string chained = isChained ? "1" : "0";
        long first = lastHour - (long)(hours - 1) * everySeconds;
        await RunAsync(
            database,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) "
                + "INSERT INTO ledger_file (file_key, info_hash, file_id, publisher_id, size_bytes, is_current, is_open, completed) "
                + "SELECT i, CAST(SUBSTR('hash-' || i || '--------------------', 1, 20) AS {1}), 'file-' || i, 'default', 1073741824, 1, 0, 0 FROM n",
            files,
            isPostgres ? "BYTEA" : "BLOB"
        );
        string all = string.Create(
            CultureInfo.InvariantCulture,
            $"WITH RECURSIVE t(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM t WHERE i + 1 < {hours}) "
        );
        string hour = string.Create(
            CultureInfo.InvariantCulture,
            // Not all in the same hour of the day.
            $"CAST({first} + t.i * {everySeconds} AS BIGINT) + (f.file_key % {Math.Max(1, everySeconds / HourSeconds)}) * {HourSeconds}"
        );
        // Some files at a time, so that no statement takes for ever, and in the order of keys, as random places would.
        for (int from = 1; from <= files; from += Step)
        {
            string some = string.Create(
                CultureInfo.InvariantCulture,
                $" FROM ledger_file f, t WHERE f.file_key >= {from} AND f.file_key < {from + Step} ORDER BY f.file_key, t.i"
            );
            string figures = isChained ? "900, 1000, 400, 0, 300, 100, 200" : "0, 0, 0, 0, 0, 0, 0";
            await RunAsync(
                database,
                all
                    + "INSERT INTO ledger_hour (file_key, hour_start, low, high, web_seed, direct, edge, edge_fill, viewer_upload, is_chained, "
                    + "chained_low, chained_high, chained_web_seed, chained_direct, chained_edge, chained_edge_fill, chained_viewer_upload) "
                    + $"SELECT f.file_key, {hour}, 900, 1000, 400, 0, 300, 100, 200, {chained}, {figures}{some}"
            );
            for (int viewer = 0; viewer < viewers; viewer++)
                await RunAsync(
                    database,
                    all
                        + "INSERT INTO ledger_presence (file_key, hour_start, viewer, got, gave, chained) "
                        + $"SELECT f.file_key, {hour}, CAST('viewer-{viewer}-' || (f.file_key * 100000 + t.i) AS {{0}}), 1, {viewer % 2}, "
                        + $"{(isChained ? 1 + 2 * (viewer % 2) : 0)}{some}",
                    isPostgres ? "BYTEA" : "BLOB"
                );
        }
        if (!isChained)
            return;
        await RunAsync(
            database,
            "INSERT INTO ledger_publisher_hour SELECT 'default', hour_start, SUM(low), SUM(high), SUM(web_seed), SUM(direct), SUM(edge), "
                + "SUM(edge_fill), SUM(viewer_upload), 0, 0, 0, 0, 0 FROM ledger_hour GROUP BY hour_start"
        );
        // Each viewer comes once: nobody was there before.
        foreach ((int kind, string which) in ((int, string)[])[(1, "got = 1"), (2, "gave = 1"), (3, "got + gave > 0")])
            await RunAsync(
                database,
                $"INSERT INTO ledger_return SELECT 'default', hour_start, -1, {kind}, COUNT(*) FROM ledger_presence WHERE {which} "
                    + "GROUP BY hour_start"
            );
        await RunAsync(
            database,
            "INSERT INTO ledger_upload_bin SELECT 'default', hour_start - hour_start % 86400, 5, SUM(got) FROM ledger_presence GROUP BY 2"
        );
    }

    public static Task<long> CountAsync(StateDatabase database, string table) =>
        database.ReadAsync(session => session.Scalar($"SELECT COUNT(*) FROM {table}"));

    private static Task<int> RunAsync(StateDatabase database, string sql, params object[] values) =>
        database.WriteAsync(session => session.Execute(string.Format(CultureInfo.InvariantCulture, sql, values)));
}
