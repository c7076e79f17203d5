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

    /// <summary>What a session is checked against at each request; null: no such account.</summary>
    Task<AccountSession?> ReadSessionAsync(string accountId);

    Task LogAsync(AuditEntry entry);

    /// <summary>Newest first.</summary>
    /// <param name="publisherId">Null: of the whole server.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to 200.</param>
    Task<AuditPage> ListLogAsync(string? publisherId, string? cursor, int limit);
}
