namespace Distribution.Contracts.Accounts;

/// <summary>Who signs in. Stateless: any activation answers, key 0. Changes are durable when a call returns, together with their audit entry.</summary>
public interface IAccountsGrain : IGrainWithIntegerKey
{
    Task<Account?> FindAsync(string accountId);

    Task<Account?> FindByNameAsync(string normalizedName);

    Task<Account?> FindByLoginAsync(string provider, string key);

    Task<Account?> FindByPasskeyAsync(byte[] credentialId);

    /// <summary>Makes or replaces an account; it must be of the version that is stored.</summary>
    Task<AccountChange> StoreAsync(Account account);

    /// <summary>What a session is checked against at each request; null: it has ended, or there is no such account.</summary>
    Task<AccountSession?> ReadSessionAsync(string accountId, string sessionId);

    /// <summary>Signs a browser in. Those of the account that were not used for <paramref name="lifetime"/> are forgotten.</summary>
    Task OpenSessionAsync(Account account, OpenSession session, TimeSpan lifetime);

    /// <summary>The one that was used last first.</summary>
    Task<IReadOnlyList<OpenSession>> ListSessionsAsync(Account account);

    /// <summary>False: the account has no such session, or it has ended.</summary>
    Task<bool> EndSessionAsync(string accountId, string sessionId);

    /// <summary>Ends all sessions of the account but one.</summary>
    Task EndOtherSessionsAsync(string accountId, string sessionId);

    Task LogAsync(AuditEntry entry);

    /// <summary>Newest first.</summary>
    /// <param name="publisherId">Null: of the whole server.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to 200.</param>
    Task<AuditPage> ListLogAsync(string? publisherId, string? cursor, int limit);
}
