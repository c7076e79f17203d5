using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Distribution.Dashboard.Access;

/// <summary>
/// The account of whoever signed in, and what they may change of it, for API and pages alike. A change that another one overtakes is made once more,
/// of the account as it is then.
/// </summary>
internal sealed class OwnAccount(
    UserManager<Account> users,
    SignInManager<Account> signIn,
    AccountSignIn door,
    NewAccounts accounts,
    AuditTrail audit,
    IHttpContextAccessor http
)
{
    public const int MaxPasskeyNameLength = 60;

    /// <summary>Of what a browser says of a new passkey, in characters of JSON.</summary>
    public const int MaxCredentialLength = 64 * 1024;

    private const string UnnamedPasskey = "Passkey";
    private const int MaxAttempts = 5;
    private const int LoginIdBytes = 12;

    /// <summary>Null: nobody signed in.</summary>
    public Task<Account?> FindAsync() => users.GetUserAsync(http.HttpContext!.User);

    /// <summary>Gives the account a name and a password, and ends all its sessions but this one.</summary>
    /// <param name="current">The password of now; not looked at where the account has none.</param>
    /// <param name="isAsRead">False: the change is not wanted of the account as it is.</param>
    /// <returns>The error is for people, and null where nothing is to be said.</returns>
    public async Task<(OwnChange Change, Refusal? Error)> SetPasswordAsync(
        string? current,
        string? name,
        string? password,
        string? again,
        Func<Account, bool>? isAsRead = null
    )
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindAsync() is not { } account)
                return (OwnChange.Unknown, null);
            if (isAsRead?.Invoke(account) == false)
                return (OwnChange.NotAsRead, null);
            if (account.PasswordHash is not null && !await door.IsPasswordAsync(account, current))
                return (OwnChange.WrongPassword, null);
            (AccountChange change, Refusal? error) = await accounts.SetPasswordAsync(
                account,
                name ?? account.Name,
                password,
                again
            );
            if (change == AccountChange.Conflict)
                continue;
            if (error is not null)
                return (change == AccountChange.Taken ? OwnChange.Taken : OwnChange.Invalid, error);
            await door.StayAsync(account);
            return (OwnChange.Done, null);
        }
        throw Overtaken();
    }

    /// <summary>What a browser needs to make a passkey (WebAuthn, PublicKeyCredentialCreationOptions), JSON. Null: nobody signed in.</summary>
    public async Task<string?> MakePasskeyOptionsAsync() =>
        await FindAsync() is { } account
            ? await signIn.MakePasskeyCreationOptionsAsync(
                new PasskeyUserEntity
                {
                    Id = account.Id,
                    Name = account.Name,
                    DisplayName = account.Name,
                }
            )
            : null;

    /// <summary>Keeps a passkey that the browser has made of the options it got.</summary>
    /// <param name="credential">The browser's answer, JSON.</param>
    /// <returns>Null: it was not accepted.</returns>
    public async Task<AccountPasskey?> AddPasskeyAsync(string credential, string? name)
    {
        if (credential.Length is 0 or > MaxCredentialLength)
            return null;
        PasskeyAttestationResult made;
        try
        {
            made = await signIn.PerformPasskeyAttestationAsync(credential);
        }
        catch (InvalidOperationException)
        {
            // This browser has asked for no options, or it was too long ago.
            return null;
        }
        if (!made.Succeeded || made.UserEntity.Id != AccessPrincipal.AccountIdOf(http.HttpContext!.User))
            return null;
        made.Passkey.Name = CleanName(name);
        AccountPasskey passkey = PasskeyRecords.ToRecord(made.Passkey);
        OwnChange added = await ChangeAsync(
            account =>
            {
                account.Passkeys.RemoveAll(known => IsOf(known, passkey.CredentialId));
                account.Passkeys.Add(passkey);
                return OwnChange.Done;
            },
            "account.passkey-added",
            () => passkey.Name!
        );
        return added == OwnChange.Done ? passkey : null;
    }

    /// <param name="isAsRead">False: the change is not wanted of the passkey as it is.</param>
    public Task<OwnChange> RenamePasskeyAsync(string id, string name, Func<AccountPasskey, bool>? isAsRead = null) =>
        ChangePasskeyAsync(id, isAsRead, passkey => passkey with { Name = CleanName(name) }, "account.passkey-renamed");

    /// <param name="isAsRead">False: the change is not wanted of the passkey as it is.</param>
    public Task<OwnChange> RemovePasskeyAsync(string id, Func<AccountPasskey, bool>? isAsRead = null) =>
        ChangePasskeyAsync(id, isAsRead, _ => null, "account.passkey-removed");

    /// <summary>The identity at a provider signs in to this account no more.</summary>
    public Task<OwnChange> RemoveLoginAsync(string id)
    {
        string name = "";
        return ChangeAsync(
            account =>
            {
                if (account.Logins.Find(login => IdOf(login) == id) is not { } login)
                    return OwnChange.Unknown;
                name = login.DisplayName;
                account.Logins.Remove(login);
                return OwnChange.Done;
            },
            "account.login-removed",
            () => name
        );
    }

    /// <summary>By which a passkey is named: that of its credential, in Base64url.</summary>
    public static string IdOf(AccountPasskey passkey) => Base64Url.EncodeToString(passkey.CredentialId);

    /// <summary>By which a provider's identity is named: nothing can be read from it.</summary>
    public static string IdOf(AccountLogin login) =>
        Convert.ToHexStringLower(
            SHA256
                .HashData(Encoding.UTF8.GetBytes($"{login.Provider.Length}:{login.Provider}:{login.Key}"))
                .AsSpan(0, LoginIdBytes)
        );

    private Task<OwnChange> ChangePasskeyAsync(
        string id,
        Func<AccountPasskey, bool>? isAsRead,
        Func<AccountPasskey, AccountPasskey?> change,
        string action
    )
    {
        string name = "";
        return ChangeAsync(
            account =>
            {
                int place = account.Passkeys.FindIndex(passkey => IdOf(passkey) == id);
                if (place < 0)
                    return OwnChange.Unknown;
                AccountPasskey now = account.Passkeys[place];
                if (isAsRead?.Invoke(now) == false)
                    return OwnChange.NotAsRead;
                AccountPasskey? then = change(now);
                name = then?.Name ?? now.Name ?? "";
                account.Passkeys.RemoveAt(place);
                if (then is not null)
                    account.Passkeys.Insert(place, then);
                return OwnChange.Done;
            },
            action,
            () => name
        );
    }

    /// <param name="change">Changes the account that it is given, or says why not; called anew where another change came first.</param>
    /// <param name="detail">For the audit log, once it is done.</param>
    private async Task<OwnChange> ChangeAsync(Func<Account, OwnChange> change, string action, Func<string> detail)
    {
        var errors = new IdentityErrorDescriber();
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindAsync() is not { } account)
                return OwnChange.Unknown;
            if (change(account) is not OwnChange.Done and var refused)
                return refused;
            IdentityResult stored = await users.UpdateAsync(account);
            if (stored.Succeeded)
            {
                await audit.LogAsync(audit.ServerEntry(action, account.Name, account.Id, detail()));
                return OwnChange.Done;
            }
            if (stored.Errors.All(error => error.Code != errors.ConcurrencyFailure().Code))
                return OwnChange.Taken;
        }
        throw Overtaken();
    }

    private static TimeoutException Overtaken() => new("Other changes of the account came before this one each time.");

    private static bool IsOf(AccountPasskey passkey, byte[] credentialId) =>
        passkey.CredentialId.AsSpan().SequenceEqual(credentialId);

    private static string CleanName(string? name)
    {
        string clean = new([
            .. (name ?? "").Trim().Where(letter => !char.IsControl(letter)).Take(MaxPasskeyNameLength),
        ]);
        return clean.Length > 0 ? clean : UnnamedPasskey;
    }
}
