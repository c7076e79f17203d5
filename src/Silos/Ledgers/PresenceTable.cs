using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// Rows of <c>ledger_presence</c>: who got or gave anything in which hour; and of <c>ledger_return</c>, which counts them by the hour in which
/// they were there last, so that distinct viewers of a range are a sum: those of its hours whose last one lies before it.
/// </summary>
internal static class PresenceTable
{
    /// <summary>Kinds of <c>ledger_return</c>; as flags, what a viewer did in an hour.</summary>
    public const int Got = 1;

    /// <inheritdoc cref="Got"/>
    public const int Gave = 2;

    /// <inheritdoc cref="Got"/>
    public const int Either = Got | Gave;

    /// <summary>It was in no hour before.</summary>
    private const long None = -1;

    private const string Count =
        "INSERT INTO ledger_return (publisher_id, hour_start, previous, kind, viewers) "
        + "SELECT publisher_id, $2, $3, $4, $5 FROM ledger_file WHERE file_key = $1 AND publisher_id IS NOT NULL "
        + "ON CONFLICT (publisher_id, hour_start, previous, kind) DO UPDATE SET viewers = ledger_return.viewers + excluded.viewers";

    public static void Mark(StateSession session, long fileKey, long hourStart, byte[] viewer, bool got, bool gave)
    {
        int wanted = (got ? Got : 0) | (gave ? Gave : 0);
        if (wanted == 0)
            return;
        List<(long Hour, int Did)> hours = Read(session, fileKey, viewer);
        int before = hours.Find(row => row.Hour == hourStart).Did;
        int after = before | wanted;
        if (before == after)
            return;
        session.Execute(
            "INSERT INTO ledger_presence (file_key, hour_start, viewer, got, gave) VALUES ($1, $2, $3, $4, $5) "
                + "ON CONFLICT (file_key, hour_start, viewer) DO UPDATE SET got = excluded.got, gave = excluded.gave",
            fileKey,
            hourStart,
            viewer,
            after & Got,
            (after & Gave) / Gave
        );
        foreach (int kind in (ReadOnlySpan<int>)[Got, Gave, Either])
        {
            if ((before & kind) != 0 || (after & kind) == 0)
                continue;
            long previous = None;
            long next = long.MaxValue;
            foreach ((long hour, int did) in hours)
            {
                if ((did & kind) == 0)
                    continue;
                if (hour < hourStart)
                    previous = Math.Max(previous, hour);
                else
                    next = Math.Min(next, hour);
            }
            Add(session, fileKey, hourStart, previous, kind, 1);
            if (next == long.MaxValue)
                continue;
            Add(session, fileKey, next, previous, kind, -1);
            Add(session, fileKey, next, hourStart, kind, 1);
        }
    }

    /// <summary>An address turned out to be a viewer with a name, or two addresses to be one.</summary>
    public static void Rename(StateSession session, long fileKey, byte[] from, byte[] to)
    {
        List<(long Hour, int Did)> rows = Read(session, fileKey, from);
        if (rows.Count == 0)
            return;
        foreach (int kind in (ReadOnlySpan<int>)[Got, Gave, Either])
        {
            long previous = None;
            foreach ((long hour, int did) in rows)
            {
                if ((did & kind) == 0)
                    continue;
                Add(session, fileKey, hour, previous, kind, -1);
                previous = hour;
            }
        }
        foreach ((long hour, _) in rows)
        {
            // What the chain has of the old name is taken back there, by the next entry of that hour: until then the row stays, empty.
            session.Execute(
                "DELETE FROM ledger_presence WHERE file_key = $1 AND hour_start = $2 AND viewer = $3 AND chained = 0",
                fileKey,
                hour,
                from
            );
            session.Execute(
                "UPDATE ledger_presence SET got = 0, gave = 0 WHERE file_key = $1 AND hour_start = $2 AND viewer = $3",
                fileKey,
                hour,
                from
            );
        }
        foreach ((long hour, int did) in rows)
            Mark(session, fileKey, hour, to, (did & Got) != 0, (did & Gave) != 0);
    }

    /// <summary>A file whose bytes were kept until it was known has a publisher now.</summary>
    public static void CountAll(StateSession session, long fileKey)
    {
        foreach (int kind in (ReadOnlySpan<int>)[Got, Gave, Either])
        {
            List<(long Hour, long Previous, long Viewers)> rows = session.Query(
                "SELECT hour_start, previous, COUNT(*) FROM (SELECT hour_start, COALESCE(LAG(hour_start) OVER "
                    + "(PARTITION BY viewer ORDER BY hour_start), -1) AS previous FROM ledger_presence WHERE file_key = $1 "
                    + "AND (($2 = 1 AND got = 1) OR ($2 = 2 AND gave = 1) OR ($2 = 3 AND got + gave > 0))) AS p "
                    + "GROUP BY hour_start, previous",
                static row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
                fileKey,
                kind
            );
            foreach ((long hour, long previous, long viewers) in rows)
                Add(session, fileKey, hour, previous, kind, viewers);
        }
    }

    /// <summary>What a viewer did in which hours, the oldest first.</summary>
    /// <remarks>Its index holds all of it: without, SQLite prefers to walk all viewers of the file.</remarks>
    private static List<(long Hour, int Did)> Read(StateSession session, long fileKey, byte[] viewer) =>
        session.Query(
            "SELECT hour_start, got + 2 * gave FROM ledger_presence WHERE file_key = $1 AND viewer = $2 ORDER BY hour_start",
            static row => (row.GetInt64(0), row.GetInt32(1)),
            fileKey,
            viewer
        );

    private static void Add(StateSession session, long fileKey, long hour, long previous, int kind, long viewers) =>
        session.Execute(Count, fileKey, hour, previous, kind, viewers);
}
