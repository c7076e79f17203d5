using Distribution.Contracts.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Distribution.Dashboard.Access;

/// <summary>What ASP.NET Core Identity keeps and finds accounts by: the accounts' grain, so the state database.</summary>
internal sealed class AccountUserStore(IGrainFactory grains)
    : IUserPasswordStore<Account>,
        IUserSecurityStampStore<Account>,
        IUserLockoutStore<Account>,
        IUserLoginStore<Account>,
        IUserPasskeyStore<Account>
{
    private IAccountsGrain Accounts => grains.GetGrain<IAccountsGrain>(0);

    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => StoreAsync(user);

    public Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken) => StoreAsync(user);

    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An account stays, so that the audit log's names do.");

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Accounts.FindAsync(userId);

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        Accounts.FindByNameAsync(normalizedUserName);

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) =>
        Set(() => user.Name = userName ?? "");

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.NormalizedName);

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) =>
        Set(() => user.NormalizedName = normalizedName ?? "");

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken) =>
        Set(() => user.PasswordHash = passwordHash);

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken) =>
        Set(() => user.SecurityStamp = stamp);

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.LockedUntil);

    public Task SetLockoutEndDateAsync(Account user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
        Set(() => user.LockedUntil = lockoutEnd);

    public Task<int> IncrementAccessFailedCountAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(++user.FailedSignIns);

    public Task ResetAccessFailedCountAsync(Account user, CancellationToken cancellationToken) =>
        Set(() => user.FailedSignIns = 0);

    public Task<int> GetAccessFailedCountAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.FailedSignIns);

    public Task<bool> GetLockoutEnabledAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    public Task SetLockoutEnabledAsync(Account user, bool enabled, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task AddLoginAsync(Account user, UserLoginInfo login, CancellationToken cancellationToken) =>
        Set(() =>
            user.Logins.Add(
                new AccountLogin(
                    login.LoginProvider,
                    login.ProviderKey,
                    login.ProviderDisplayName ?? login.LoginProvider
                )
            )
        );

    public Task RemoveLoginAsync(
        Account user,
        string loginProvider,
        string providerKey,
        CancellationToken cancellationToken
    ) => Set(() => user.Logins.RemoveAll(login => login.Provider == loginProvider && login.Key == providerKey));

    public Task<IList<UserLoginInfo>> GetLoginsAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserLoginInfo>>([
            .. user.Logins.Select(login => new UserLoginInfo(login.Provider, login.Key, login.DisplayName)),
        ]);

    public Task<Account?> FindByLoginAsync(
        string loginProvider,
        string providerKey,
        CancellationToken cancellationToken
    ) => Accounts.FindByLoginAsync(loginProvider, providerKey);

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) =>
        Set(() =>
        {
            user.Passkeys.RemoveAll(known => known.CredentialId.AsSpan().SequenceEqual(passkey.CredentialId));
            user.Passkeys.Add(PasskeyRecords.ToRecord(passkey));
        });

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.Passkeys.Select(PasskeyRecords.ToInfo)]);

    public Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        Accounts.FindByPasskeyAsync(credentialId);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(
        Account user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            user.Passkeys.Find(known => known.CredentialId.AsSpan().SequenceEqual(credentialId)) is { } passkey
                ? PasskeyRecords.ToInfo(passkey)
                : null
        );

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        Set(() => user.Passkeys.RemoveAll(known => known.CredentialId.AsSpan().SequenceEqual(credentialId)));

    public void Dispose() { }

    private async Task<IdentityResult> StoreAsync(Account user)
    {
        AccountChange change = await Accounts.StoreAsync(user);
        if (change == AccountChange.Done)
        {
            // The grain had a copy.
            user.Version++;
            return IdentityResult.Success;
        }
        var errors = new IdentityErrorDescriber();
        return IdentityResult.Failed(
            change == AccountChange.Taken ? errors.DuplicateUserName(user.Name) : errors.ConcurrencyFailure()
        );
    }

    private static Task Set(Action change)
    {
        change();
        return Task.CompletedTask;
    }
}
