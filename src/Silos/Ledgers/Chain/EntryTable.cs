using System.Data.Common;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Rows of <c>ledger_entry</c>. They are added, never changed.</summary>
internal static class EntryTable
{
    /// <summary>The last row; null: there is none.</summary>
    public static (long Sequence, string Line)? ReadLast(StateSession session) =>
        session.TryQuery("SELECT seq, line FROM ledger_entry ORDER BY seq DESC LIMIT 1", Read, out (long, string) row)
            ? row
            : null;

    public static string? Find(StateSession session, long sequence) =>
        session.TryQuery(
            "SELECT line FROM ledger_entry WHERE seq = $1",
            static row => row.GetString(0),
            out string line,
            sequence
        )
            ? line
            : null;

    public static List<(long Sequence, string Line)> ReadPage(StateSession session, long after, long last, int limit) =>
        session.Query(
            "SELECT seq, line FROM ledger_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
            Read,
            after,
            last,
            limit
        );

    public static void Append(StateSession session, long sequence, string line) =>
        session.Execute("INSERT INTO ledger_entry (seq, line) VALUES ($1, $2)", sequence, line);

    private static (long, string) Read(DbDataReader row) => (row.GetInt64(0), row.GetString(1));
}
