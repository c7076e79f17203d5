using Distribution.Contracts.Accounts;
using Orleans.Concurrency;

namespace Distribution.Silos.Accounts;

[StatelessWorker]
internal sealed class ApiKeysGrain(ApiKeyTable keys) : Grain, IApiKeysGrain
{
    public async Task<IReadOnlyList<ApiKey>> ListAsync(string publisherId) => await keys.ListAsync(publisherId);

    public Task CreateAsync(ApiKey key, string digest, AuditEntry log) => keys.CreateAsync(key, digest, log);

    public Task<AccountChange> RotateAsync(
        ApiKey next,
        string digest,
        string oldId,
        DateTimeOffset oldUntil,
        AuditEntry log,
        ApiKey? ifStill
    ) => keys.RotateAsync(next, digest, oldId, oldUntil, log, ifStill);

    public Task<AccountChange> RevokeAsync(string publisherId, string keyId, AuditEntry log, ApiKey? ifStill) =>
        keys.RevokeAsync(publisherId, keyId, log, ifStill);

    public Task<bool> IsUsableAsync(string publisherId, string keyId) => keys.IsUsableAsync(publisherId, keyId);

    public Task<ApiKey?> UseAsync(string digest) => keys.UseAsync(digest);
}
