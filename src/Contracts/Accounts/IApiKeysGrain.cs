namespace Distribution.Contracts.Accounts;

/// <summary>The publishers' API keys. Stateless: any activation answers, key 0.</summary>
public interface IApiKeysGrain : IGrainWithIntegerKey
{
    /// <summary>All that can still be used, newest first.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(string publisherId);

    /// <param name="digest">SHA-256 of the secret.</param>
    Task CreateAsync(ApiKey key, string digest, AuditEntry log);

    /// <summary>Gives a key another secret: the one before works until <paramref name="oldUntil"/>.</summary>
    /// <param name="ifStill">What the old key must be, else it is a conflict; null: anything.</param>
    Task<AccountChange> RotateAsync(
        ApiKey next,
        string digest,
        string oldId,
        DateTimeOffset oldUntil,
        AuditEntry log,
        ApiKey? ifStill = null
    );

    /// <param name="ifStill">What the key must be, else it is a conflict; null: anything.</param>
    Task<AccountChange> RevokeAsync(string publisherId, string keyId, AuditEntry log, ApiKey? ifStill = null);

    /// <summary>True: it is neither revoked nor over.</summary>
    Task<bool> IsUsableAsync(string publisherId, string keyId);

    /// <summary>The key of a secret, where it may be used now; notes that it was.</summary>
    Task<ApiKey?> UseAsync(string digest);
}
