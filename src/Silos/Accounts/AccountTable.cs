using System.Text.Json;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Silos.Serialization;
using Distribution.Silos.State;

namespace Distribution.Silos.Accounts;

/// <summary>The accounts, each one record, and the names that lead to it.</summary>
public sealed class AccountTable(StateDatabase database)
{
    private const string ByName =
        "SELECT record, version FROM account WHERE account_id = (SELECT account_id FROM account_name WHERE name = $1)";

    public Task<Account?> FindAsync(string accountId) =>
        FindAsync("SELECT record, version FROM account WHERE account_id = $1", accountId);

    public Task<Account?> FindByNameAsync(string normalizedName) => FindAsync(ByName, NameOf(normalizedName));

    public Task<Account?> FindByLoginAsync(string provider, string key) => FindAsync(ByName, LoginOf(provider, key));

    public Task<Account?> FindByPasskeyAsync(byte[] credentialId) => FindAsync(ByName, PasskeyOf(credentialId));

    /// <summary>All names of an account are its own, or nothing is changed.</summary>
    public Task<AccountChange> StoreAsync(Account account)
    {
        long version = account.Version;
        account.Version = version + 1;
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(account, StateJson.Options);
        string[] names =
        [
            NameOf(account.NormalizedName),
            .. account.Logins.Select(login => LoginOf(login.Provider, login.Key)),
            .. account.Passkeys.Select(passkey => PasskeyOf(passkey.CredentialId)),
        ];
        return database.WriteAsync(session =>
        {
            if (session.Scalar("SELECT version FROM account WHERE account_id = $1", account.Id) != version)
                return AccountChange.Conflict;
            foreach (string name in names)
            {
                if (
                    session.TryQuery(
                        "SELECT account_id FROM account_name WHERE name = $1",
                        static row => row.GetString(0),
                        out string owner,
                        name
                    )
                    && owner != account.Id
                )
                    return AccountChange.Taken;
            }
            session.Execute(
                "INSERT INTO account (account_id, version, record) VALUES ($1, $2, $3) "
                    + "ON CONFLICT (account_id) DO UPDATE SET version = excluded.version, record = excluded.record",
                account.Id,
                version + 1,
                record
            );
            session.Execute("DELETE FROM account_name WHERE account_id = $1", account.Id);
            foreach (string name in names.Distinct(StringComparer.Ordinal))
                session.Execute("INSERT INTO account_name (name, account_id) VALUES ($1, $2)", name, account.Id);
            return AccountChange.Done;
        });
    }

    public Task<AccountSession?> ReadSessionAsync(string accountId) =>
        database.ReadAsync(session =>
        {
            if (
                !session.TryQuery(
                    "SELECT record FROM account WHERE account_id = $1",
                    static row => row.GetFieldValue<byte[]>(0),
                    out byte[] record,
                    accountId
                )
            )
                return null;
            Account account = Read(record);
            List<Membership> memberships = session.Query(
                "SELECT p.publisher_id, p.name, m.role FROM publisher_member m "
                    + "JOIN publisher p ON p.publisher_id = m.publisher_id WHERE m.account_id = $1 "
                    + "ORDER BY p.name, p.publisher_id",
                static row => new Membership(row.GetString(0), row.GetString(1), (MemberRole)row.GetInt32(2)),
                accountId
            );
            return new AccountSession(
                account.Name,
                account.SecurityStamp,
                account.IsOperator,
                account.PasswordHash is not null || account.Passkeys.Count > 0 || account.Logins.Count > 0,
                memberships
            );
        });

    internal static Account Read(byte[] record) => JsonSerializer.Deserialize<Account>(record, StateJson.Options)!;

    private Task<Account?> FindAsync(string sql, string value) =>
        database.ReadAsync(session =>
            session.TryQuery(
                sql,
                static row =>
                {
                    Account account = Read(row.GetFieldValue<byte[]>(0));
                    account.Version = row.GetInt64(1);
                    return account;
                },
                out Account found,
                value
            )
                ? found
                : null
        );

    // One space of names, and no name can be read as another kind's.
    private static string NameOf(string normalizedName) => $"name:{normalizedName}";

    private static string LoginOf(string provider, string key) => $"login:{provider.Length}:{provider}:{key}";

    private static string PasskeyOf(byte[] credentialId) => $"passkey:{Convert.ToHexString(credentialId)}";
}
