using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Orleans.Concurrency;

namespace Distribution.Silos.Accounts;

[StatelessWorker]
internal sealed class AccountsGrain(
    AccountTable accounts,
    SessionTable sessions,
    PublisherTable publishers,
    AuditLog log
) : Grain, IAccountsGrain
{
    public Task<Account?> FindAsync(string accountId) => accounts.FindAsync(accountId);

    public Task<Account?> FindByNameAsync(string normalizedName) => accounts.FindByNameAsync(normalizedName);

    public Task<Account?> FindByLoginAsync(string provider, string key) => accounts.FindByLoginAsync(provider, key);

    public Task<Account?> FindByPasskeyAsync(byte[] credentialId) => accounts.FindByPasskeyAsync(credentialId);

    public async Task<AccountChange> StoreAsync(Account account)
    {
        AccountChange change = await accounts.StoreAsync(account);
        // Who runs the server owns what it had before there were accounts.
        if (change == AccountChange.Done && account is { Id: Account.OperatorId, Version: 1 })
            await publishers.JoinAsync(Publishers.Default, account.Id, MemberRole.Owner);
        return change;
    }

    public async Task<AccountSession?> ReadSessionAsync(string accountId, string sessionId) =>
        await accounts.ReadSessionAsync(accountId) is { } session
        && await sessions.SeeAsync(accountId, sessionId, session.SecurityStamp)
            ? session
            : null;

    public Task OpenSessionAsync(Account account, OpenSession session, TimeSpan lifetime) =>
        sessions.OpenAsync(account, session, lifetime);

    public async Task<IReadOnlyList<OpenSession>> ListSessionsAsync(Account account) =>
        await sessions.ListAsync(account);

    public Task<bool> EndSessionAsync(string accountId, string sessionId) => sessions.EndAsync(accountId, sessionId);

    public Task EndOtherSessionsAsync(string accountId, string sessionId) =>
        sessions.EndOthersAsync(accountId, sessionId);

    public Task LogAsync(AuditEntry entry) => log.AppendAsync(entry);

    public Task<AuditPage> ListLogAsync(string? publisherId, string? cursor, int limit) =>
        log.ListAsync(publisherId, cursor, limit);
}
