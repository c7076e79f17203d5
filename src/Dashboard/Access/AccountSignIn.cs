using System.Security.Claims;
using System.Security.Cryptography;
using Distribution.Contracts.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Distribution.Dashboard.Access;

/// <summary>The ways in: a link, a password, a passkey, an OpenID provider; and the ways out.</summary>
internal sealed class AccountSignIn(
    SignInManager<Account> signIn,
    UserManager<Account> users,
    IGrainFactory grains,
    PasswordTurns turns,
    RefusalTally refusals,
    AuditTrail audit,
    DashboardOptions options,
    TimeProvider time
)
{
    /// <summary>Of what a browser says it is.</summary>
    private const int MaxBrowserLength = 256;

    private const int MaxAttempts = 5;

    /// <summary>Signs in whoever opened a link that the server printed.</summary>
    public async Task ByLinkAsync()
    {
        Account account = await FindOrCreateOperatorAsync();
        await EnterAsync(account, "link");
    }

    /// <summary>False: refused; whether the name is known, the password wrong or the account locked is not told.</summary>
    public async Task<bool> ByPasswordAsync(string? name, string? password)
    {
        if (
            string.IsNullOrWhiteSpace(name)
            || string.IsNullOrEmpty(password)
            || password.Length > AccountNames.MaxPasswordLength
        )
            return false;
        name = name.Trim();
        // One at a time for a name: guesses that are made together are counted one by one.
        using IDisposable turn = await turns.TakeAsync(name);
        Account? account = await users.FindByNameAsync(name);
        if (account?.PasswordHash is null)
        {
            // As long as a look at a real one takes.
            users.PasswordHasher.VerifyHashedPassword(new Account(), PasswordTurns.NobodysHash, password);
            return await RefuseAsync(name, "no such password");
        }
        SignInResult result = await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true);
        if (!result.Succeeded)
            return await RefuseAsync(name, result.IsLockedOut ? "locked after wrong passwords" : "wrong password");
        await EnterAsync(account, "password");
        return true;
    }

    /// <summary>True: it is the account's password. Wrong ones count, as at signing in.</summary>
    public async Task<bool> IsPasswordAsync(Account account, string? password)
    {
        if (string.IsNullOrEmpty(password) || password.Length > AccountNames.MaxPasswordLength)
            return false;
        using IDisposable turn = await turns.TakeAsync(account.Name);
        return (await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true)).Succeeded;
    }

    /// <param name="credential">The browser's answer, JSON.</param>
    public async Task<bool> ByPasskeyAsync(string credential)
    {
        PasskeyAssertionResult<Account> result = await signIn.PerformPasskeyAssertionAsync(credential);
        if (!result.Succeeded)
            return await RefuseAsync("passkey", result.Failure.Message);
        IdentityResult kept = await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        if (!kept.Succeeded)
            return await RefuseAsync(result.User.Name, "the passkey's count could not be kept");
        await EnterAsync(result.User, "passkey");
        return true;
    }

    /// <summary>Opens a session; the way is for the audit log.</summary>
    public async Task EnterAsync(Account account, string way)
    {
        await OpenAsync(account, way);
        await audit.LogAsync(audit.ServerEntry("session.started", account.Name, account.Id, way));
    }

    /// <summary>Goes on after a change that ended all of the account's sessions, this one too.</summary>
    public Task StayAsync(Account account) => OpenAsync(account, "password");

    /// <summary>Where the account is signed in, the session that was used last first.</summary>
    public Task<IReadOnlyList<OpenSession>> ListAsync(Account account) =>
        grains.GetGrain<IAccountsGrain>(0).ListSessionsAsync(account);

    /// <summary>Signs one browser out. False: the session has ended already.</summary>
    public async Task<bool> EndAsync(Account account, OpenSession session)
    {
        if (!await grains.GetGrain<IAccountsGrain>(0).EndSessionAsync(account.Id, session.Id))
            return false;
        if (session.Id == AccessPrincipal.SessionIdOf(signIn.Context.User))
            await signIn.SignOutAsync();
        await audit.LogAsync(
            audit.ServerEntry("session.ended", account.Name, account.Id, BrowserText.Of(session.Browser))
        );
        return true;
    }

    /// <summary>Signs all browsers out but the one that asks.</summary>
    public async Task EndOthersAsync(Account account)
    {
        await grains
            .GetGrain<IAccountsGrain>(0)
            .EndOtherSessionsAsync(account.Id, AccessPrincipal.SessionIdOf(signIn.Context.User));
        await audit.LogAsync(audit.ServerEntry("session.ended-others", account.Name, account.Id));
    }

    public async Task LeaveAsync()
    {
        AuditEntry entry = audit.ServerEntry("session.ended", signIn.Context.User.Identity?.Name ?? "nobody");
        bool wasIn = signIn.Context.User.Identity?.IsAuthenticated == true;
        if (wasIn)
            await grains
                .GetGrain<IAccountsGrain>(0)
                .EndSessionAsync(
                    AccessPrincipal.AccountIdOf(signIn.Context.User),
                    AccessPrincipal.SessionIdOf(signIn.Context.User)
                );
        await signIn.SignOutAsync();
        if (wasIn)
            await audit.LogAsync(entry);
    }

    /// <summary>Ends all of the account's sessions, in all browsers.</summary>
    public async Task LeaveEverywhereAsync(Account account)
    {
        // An account that was changed meanwhile is read again: whoever asked for this must not stay signed in anywhere.
        for (int attempt = 1; !(await users.UpdateSecurityStampAsync(account)).Succeeded; attempt++)
        {
            if (attempt == MaxAttempts || await users.FindByIdAsync(account.Id) is not { } now)
                throw new TimeoutException("Other changes of the account came before this one each time.");
            account = now;
        }
        await audit.LogAsync(audit.ServerEntry("session.ended-everywhere", account.Name, account.Id));
        await signIn.SignOutAsync();
    }

    private async Task OpenAsync(Account account, string way)
    {
        DateTimeOffset now = time.GetUtcNow();
        string said = signIn.Context.Request.Headers.UserAgent.ToString();
        var session = new OpenSession(
            RandomNumberGenerator.GetHexString(32, lowercase: true),
            way,
            said.Length <= MaxBrowserLength ? said : said[..MaxBrowserLength],
            now,
            now
        );
        await grains.GetGrain<IAccountsGrain>(0).OpenSessionAsync(account, session, options.SessionLifetime);
        await signIn.SignInWithClaimsAsync(
            account,
            new AuthenticationProperties { IsPersistent = true },
            [new Claim(ClaimTypes.AuthenticationMethod, way), new Claim(AccessPrincipal.SessionClaim, session.Id)]
        );
    }

    private async Task<bool> RefuseAsync(string name, string why)
    {
        // Strangers can cause these: beyond so many a minute they would only fill the disk.
        if (refusals.TryCount())
            await audit.LogAsync(audit.ServerEntry("session.refused", name, "", why));
        return false;
    }

    private async Task<Account> FindOrCreateOperatorAsync()
    {
        IAccountsGrain accounts = grains.GetGrain<IAccountsGrain>(0);
        if (await accounts.FindAsync(Account.OperatorId) is { } known)
            return known;
        const string name = "operator";
        await accounts.StoreAsync(
            new Account
            {
                Id = Account.OperatorId,
                Name = name,
                NormalizedName = users.NormalizeName(name)!,
                SecurityStamp = RandomNumberGenerator.GetHexString(32),
                IsOperator = true,
                CreatedAt = time.GetUtcNow(),
            }
        );
        // Ours, or that of a request that was faster.
        return await accounts.FindAsync(Account.OperatorId)
            ?? throw new InvalidOperationException("The operator's account could not be made.");
    }
}
