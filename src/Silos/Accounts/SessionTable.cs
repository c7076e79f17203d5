using Distribution.Contracts.Accounts;
using Distribution.Silos.State;

namespace Distribution.Silos.Accounts;

/// <summary>
/// Where accounts are signed in. A session is good while its row is there and its stamp is the account's: what changes the stamp, such as a new
/// password, ends all of them.
/// </summary>
public sealed class SessionTable(StateDatabase database, TimeProvider clock)
{
    /// <summary>How exact the last request's time is: a write for each request would be dear.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    private const string Columns = "session_id, way, browser, created_at, last_seen_at";

    /// <summary>Opens one, and forgets those that nobody has used for so long that their cookies are over.</summary>
    /// <param name="lifetime">Of a cookie that is not used.</param>
    public Task OpenAsync(Account account, OpenSession opened, TimeSpan lifetime) =>
        database.WriteAsync(session =>
        {
            session.Execute(
                "DELETE FROM account_session WHERE account_id = $1 AND (last_seen_at < $2 OR stamp <> $3)",
                account.Id,
                (clock.GetUtcNow() - lifetime).ToUnixTimeMilliseconds(),
                account.SecurityStamp
            );
            return session.Execute(
                $"INSERT INTO account_session (account_id, stamp, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                account.Id,
                account.SecurityStamp,
                opened.Id,
                opened.Way,
                opened.Browser,
                opened.CreatedAt.ToUnixTimeMilliseconds(),
                opened.LastSeenAt.ToUnixTimeMilliseconds()
            );
        });

    /// <summary>True: it is open, and now it was seen. It must be the account's.</summary>
    public async Task<bool> SeeAsync(string accountId, string sessionId, string stamp)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        long seen = await database.ReadAsync(session =>
            session.TryQuery(
                "SELECT last_seen_at FROM account_session WHERE session_id = $1 AND account_id = $2 AND stamp = $3",
                static row => row.GetInt64(0),
                out long at,
                sessionId,
                accountId,
                stamp
            )
                ? at
                : -1
        );
        if (seen >= 0 && now - seen >= SeenEvery.TotalMilliseconds)
            await database.WriteAsync(session =>
                session.Execute(
                    "UPDATE account_session SET last_seen_at = $2 WHERE session_id = $1 AND last_seen_at < $2",
                    sessionId,
                    now
                )
            );
        return seen >= 0;
    }

    /// <summary>The one that was used last first.</summary>
    public Task<List<OpenSession>> ListAsync(Account account) =>
        database.ReadAsync(session =>
            session.Query(
                $"SELECT {Columns} FROM account_session WHERE account_id = $1 AND stamp = $2 ORDER BY last_seen_at DESC, session_id",
                static row => new OpenSession(
                    row.GetString(0),
                    row.GetString(1),
                    row.GetString(2),
                    Times.Of(row.GetInt64(3)),
                    Times.Of(row.GetInt64(4))
                ),
                account.Id,
                account.SecurityStamp
            )
        );

    /// <summary>False: the account has no such session, or it has ended.</summary>
    public Task<bool> EndAsync(string accountId, string sessionId) =>
        database.WriteAsync(session =>
            session.Execute(
                "DELETE FROM account_session WHERE session_id = $1 AND account_id = $2",
                sessionId,
                accountId
            ) > 0
        );

    /// <summary>Ends all of the account's but one.</summary>
    public Task EndOthersAsync(string accountId, string sessionId) =>
        database.WriteAsync(session =>
            session.Execute(
                "DELETE FROM account_session WHERE account_id = $1 AND session_id <> $2",
                accountId,
                sessionId
            )
        );
}
