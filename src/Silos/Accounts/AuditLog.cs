using System.Globalization;
using Distribution.Contracts.Accounts;
using Distribution.Silos.State;

namespace Distribution.Silos.Accounts;

/// <summary>Append-only: who did what when.</summary>
public sealed class AuditLog(StateDatabase database)
{
    public const int MaxLimit = 200;

    private const string Columns =
        "SELECT number, at, publisher_id, actor, action, subject, detail, address FROM audit_entry ";

    /// <summary>Within the transaction of what it tells of, so that there is neither without the other.</summary>
    public static void Append(StateSession session, AuditEntry entry) =>
        session.Execute(
            "INSERT INTO audit_entry (number, at, publisher_id, actor, action, subject, detail, address) "
                + "VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM audit_entry), $1, $2, $3, $4, $5, $6, $7)",
            entry.At.ToUnixTimeMilliseconds(),
            entry.PublisherId,
            entry.Actor,
            entry.Action,
            entry.Subject,
            entry.Detail,
            entry.Address
        );

    public Task AppendAsync(AuditEntry entry) => database.WriteAsync(session => Append(session, entry));

    /// <summary>Newest first. A cursor that cannot be read starts at the newest.</summary>
    /// <param name="publisherId">Null: all.</param>
    public async Task<AuditPage> ListAsync(string? publisherId, string? cursor, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxLimit);
        long before = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : long.MaxValue;
        List<AuditEntry> entries = await database.ReadAsync(session =>
            publisherId is null
                ? session.Query(Columns + "WHERE number < $1 ORDER BY number DESC LIMIT $2", Read, before, limit + 1)
                : session.Query(
                    Columns + "WHERE publisher_id = $3 AND number < $1 ORDER BY number DESC LIMIT $2",
                    Read,
                    before,
                    limit + 1,
                    publisherId
                )
        );
        if (entries.Count <= limit)
            return new AuditPage(entries, null);
        entries.RemoveAt(limit);
        return new AuditPage(entries, entries[^1].Number.ToString(CultureInfo.InvariantCulture));
    }

    private static AuditEntry Read(System.Data.Common.DbDataReader row) =>
        new()
        {
            Number = row.GetInt64(0),
            At = Times.Of(row.GetInt64(1)),
            PublisherId = row.IsDBNull(2) ? null : row.GetString(2),
            Actor = row.GetString(3),
            Action = row.GetString(4),
            Subject = row.GetString(5),
            Detail = row.GetString(6),
            Address = row.GetString(7),
        };
}
