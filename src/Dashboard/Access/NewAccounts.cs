using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Identity;

namespace Distribution.Dashboard.Access;

/// <summary>Makes accounts, and gives an account its password.</summary>
internal sealed class NewAccounts(UserManager<Account> users, AuditTrail audit, TimeProvider time)
{
    /// <summary>Null: it cannot be made, and the error says why, for people.</summary>
    public async Task<(Account? Account, Refusal? Error)> CreateAsync(string? name, string? password, string? again)
    {
        if (!AccountNames.TryClean(name, out string clean, out Refusal? error))
            return (null, error);
        if (AccountNames.CheckPassword(password, again) is { } weak)
            return (null, weak);
        var account = new Account
        {
            Id = Secrets.CreateId(),
            Name = clean,
            CreatedAt = time.GetUtcNow(),
        };
        IdentityResult made = await users.CreateAsync(account, password!);
        if (!made.Succeeded)
            return (null, Explain(made));
        await audit.LogAsync(audit.ServerEntry("account.created", clean, account.Id));
        return (account, null);
    }

    /// <summary>An account for an identity at an OpenID provider. Null: its name is somebody else's.</summary>
    public async Task<Account?> CreateAsync(UserLoginInfo login)
    {
        if (!AccountNames.TryClean(login.ProviderDisplayName, out string clean, out _))
            return null;
        var account = new Account
        {
            Id = Secrets.CreateId(),
            Name = clean,
            CreatedAt = time.GetUtcNow(),
            Logins = [new AccountLogin(login.LoginProvider, login.ProviderKey, clean)],
        };
        if (!(await users.CreateAsync(account)).Succeeded)
            return null;
        await audit.LogAsync(audit.ServerEntry("account.created", clean, account.Id, login.LoginProvider));
        return account;
    }

    /// <summary>False: it could not be kept.</summary>
    public async Task<bool> AddLoginAsync(string accountId, UserLoginInfo login)
    {
        if (
            await users.FindByIdAsync(accountId) is not { } account
            || !(await users.AddLoginAsync(account, login)).Succeeded
        )
            return false;
        await audit.LogAsync(
            audit.ServerEntry("account.login-added", account.Name, account.Id, login.ProviderDisplayName ?? "")
        );
        return true;
    }

    /// <summary>Gives an account a name and a password; all its other sessions end.</summary>
    /// <returns>
    /// The error says why not, for people; none with <see cref="AccountChange.Conflict"/>: the account was changed since it was read.
    /// </returns>
    public async Task<(AccountChange Change, Refusal? Error)> SetPasswordAsync(
        Account account,
        string? name,
        string? password,
        string? again
    )
    {
        if (!AccountNames.TryClean(name, out string clean, out Refusal? error))
            return (AccountChange.Unknown, error);
        if (AccountNames.CheckPassword(password, again) is { } weak)
            return (AccountChange.Unknown, weak);
        foreach (IPasswordValidator<Account> validator in users.PasswordValidators)
        {
            IdentityResult valid = await validator.ValidateAsync(users, account, password);
            if (!valid.Succeeded)
                return (AccountChange.Unknown, Explain(valid));
        }
        account.Name = clean;
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password!);
        account.FailedSignIns = 0;
        account.LockedUntil = null;
        // Checks the name, and stores all of it at once.
        IdentityResult stored = await users.UpdateSecurityStampAsync(account);
        var known = new IdentityErrorDescriber();
        if (Has(stored, known.ConcurrencyFailure()))
            return (AccountChange.Conflict, null);
        if (!stored.Succeeded)
            return (
                Has(stored, known.DuplicateUserName("")) ? AccountChange.Taken : AccountChange.Unknown,
                Explain(stored)
            );
        await audit.LogAsync(audit.ServerEntry("account.password-set", clean, account.Id));
        return (AccountChange.Done, null);
    }

    private Refusal Explain(IdentityResult result)
    {
        var known = new IdentityErrorDescriber();
        return Has(result, known.DuplicateUserName(""))
                ? new Refusal("Somebody has that name already. Choose another, or sign in first.")
            : Has(result, known.PasswordRequiresUniqueChars(0))
                ? new Refusal(
                    "A password has at least {0} different characters.",
                    users.Options.Password.RequiredUniqueChars
                )
            : new Refusal("That did not work. Try again.");
    }

    private static bool Has(IdentityResult result, IdentityError wanted) =>
        result.Errors.Any(error => error.Code == wanted.Code);
}
