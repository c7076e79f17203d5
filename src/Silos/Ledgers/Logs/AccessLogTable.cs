using System.Data.Common;
using Distribution.Contracts.Ledgers.Logs;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Logs;

/// <summary>Rows of <c>access_log</c>.</summary>
internal static class AccessLogTable
{
    private const string Columns =
        "SELECT first_line, name, read_bytes, read_hash, lines, counted, malformed, unknown, cdn_bytes, booked_at, problem "
        + "FROM access_log ";

    public static LogState? Find(StateSession session, byte[] firstLine) =>
        session.TryQuery(Columns + "WHERE first_line = $1", Read, out LogState log, firstLine) ? log : null;

    public static List<LogState> List(StateSession session, int limit) =>
        session.Query(Columns + "ORDER BY booked_at DESC, first_line LIMIT $1", Read, limit);

    public static void Save(StateSession session, LogState log) =>
        session.Execute(
            "INSERT INTO access_log (first_line, name, read_bytes, read_hash, lines, counted, malformed, unknown, cdn_bytes, "
                + "booked_at, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                + "ON CONFLICT (first_line) DO UPDATE SET name = excluded.name, read_bytes = excluded.read_bytes, "
                + "read_hash = excluded.read_hash, lines = excluded.lines, counted = excluded.counted, "
                + "malformed = excluded.malformed, unknown = excluded.unknown, cdn_bytes = excluded.cdn_bytes, "
                + "booked_at = excluded.booked_at, problem = excluded.problem",
            Convert.FromHexString(log.FirstLine),
            log.Name,
            log.ReadBytes,
            Convert.FromHexString(log.ReadHash),
            log.Lines,
            log.Counted,
            log.Malformed,
            log.Unknown,
            log.CdnBytes,
            log.BookedAt.ToUnixTimeSeconds(),
            log.Problem
        );

    private static LogState Read(DbDataReader row) =>
        new()
        {
            FirstLine = Convert.ToHexStringLower(row.GetFieldValue<byte[]>(0)),
            Name = row.GetString(1),
            ReadBytes = row.GetInt64(2),
            ReadHash = Convert.ToHexStringLower(row.GetFieldValue<byte[]>(3)),
            Lines = row.GetInt64(4),
            Counted = row.GetInt64(5),
            Malformed = row.GetInt64(6),
            Unknown = row.GetInt64(7),
            CdnBytes = row.GetInt64(8),
            BookedAt = DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(9)),
            Problem = row.GetString(10),
        };
}
