using System.Data.Common;
using Distribution.Contracts.Accounts;
using Distribution.Silos.State;

namespace Distribution.Silos.Accounts;

/// <summary>API keys, found by the digest of their secret.</summary>
public sealed class ApiKeyTable(StateDatabase database, TimeProvider clock)
{
    /// <summary>So often at most is a key's use written down.</summary>
    private const long UseNoteMilliseconds = 60_000;

    private const string Usable =
        "SELECT key_id, publisher_id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at "
        + "FROM api_key WHERE (expires_at IS NULL OR expires_at > $1) AND ";

    public Task<List<ApiKey>> ListAsync(string publisherId) =>
        database.ReadAsync(session =>
            session.Query(Usable + "publisher_id = $2 ORDER BY created_at DESC, key_id", Read, Now(), publisherId)
        );

    public Task CreateAsync(ApiKey key, string digest, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            Insert(session, key, digest);
            AuditLog.Append(session, log);
        });

    public Task<AccountChange> RotateAsync(
        ApiKey next,
        string digest,
        string oldId,
        DateTimeOffset oldUntil,
        AuditEntry log,
        ApiKey? ifStill
    ) =>
        database.WriteAsync(session =>
        {
            if (IsAnother(session, next.PublisherId, oldId, ifStill))
                return AccountChange.Conflict;
            // Never later than it would have ended anyway.
            int rows = session.Execute(
                "UPDATE api_key SET expires_at = $1 WHERE publisher_id = $2 AND key_id = $3 "
                    + "AND (expires_at IS NULL OR expires_at > $1)",
                oldUntil.ToUnixTimeMilliseconds(),
                next.PublisherId,
                oldId
            );
            if (rows == 0)
                return AccountChange.Unknown;
            Insert(session, next, digest);
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    public Task<AccountChange> RevokeAsync(string publisherId, string keyId, AuditEntry log, ApiKey? ifStill) =>
        database.WriteAsync(session =>
        {
            if (IsAnother(session, publisherId, keyId, ifStill))
                return AccountChange.Conflict;
            int rows = session.Execute(
                "DELETE FROM api_key WHERE publisher_id = $1 AND key_id = $2",
                publisherId,
                keyId
            );
            if (rows == 0)
                return AccountChange.Unknown;
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    public Task<bool> IsUsableAsync(string publisherId, string keyId) =>
        database.ReadAsync(session =>
            session.TryQuery(
                Usable + "publisher_id = $2 AND key_id = $3",
                Read,
                out ApiKey _,
                Now(),
                publisherId,
                keyId
            )
        );

    /// <summary>Null: no such key, or not any more.</summary>
    public async Task<ApiKey?> UseAsync(string digest)
    {
        long now = Now();
        ApiKey? key = await database.ReadAsync(session =>
            session.TryQuery(Usable + "digest = $2", Read, out ApiKey found, now, digest) ? found : null
        );
        if (key is not null && !(key.LastUsedAt?.ToUnixTimeMilliseconds() > now - UseNoteMilliseconds))
            await database.WriteAsync(session =>
                session.Execute("UPDATE api_key SET last_used_at = $1 WHERE digest = $2", now, digest)
            );
        return key;
    }

    // All else of a key stays as it was made, but for its last use, which is no change by anybody.
    private static bool IsAnother(StateSession session, string publisherId, string keyId, ApiKey? ifStill) =>
        ifStill is not null
        && session.TryQuery(
            "SELECT expires_at FROM api_key WHERE publisher_id = $1 AND key_id = $2",
            static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0),
            out long? expiresAt,
            publisherId,
            keyId
        )
        && expiresAt != ifStill.ExpiresAt?.ToUnixTimeMilliseconds();

    private static void Insert(StateSession session, ApiKey key, string digest) =>
        session.Execute(
            "INSERT INTO api_key (digest, key_id, publisher_id, name, prefix, scopes, created_by, created_at, expires_at) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            digest,
            key.Id,
            key.PublisherId,
            key.Name,
            key.Prefix,
            string.Join(' ', key.Scopes),
            key.CreatedBy,
            key.CreatedAt.ToUnixTimeMilliseconds(),
            key.ExpiresAt?.ToUnixTimeMilliseconds()
        );

    private static ApiKey Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(0),
            PublisherId = row.GetString(1),
            Name = row.GetString(2),
            Prefix = row.GetString(3),
            Scopes = row.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            CreatedBy = row.GetString(5),
            CreatedAt = Times.Of(row.GetInt64(6)),
            ExpiresAt = row.IsDBNull(7) ? null : Times.Of(row.GetInt64(7)),
            LastUsedAt = row.IsDBNull(8) ? null : Times.Of(row.GetInt64(8)),
        };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
