using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Links;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Keys;
using Distribution.Dashboard.Members;
using Distribution.Dashboard.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Distribution.Dashboard.Access;

/// <summary>Registers who may do what: keys, cookie, and the two policies that all front ends ask for.</summary>
internal static class AccessHosting
{
    public const string SignInPath = "/sign-in";

    /// <summary>The cookie of whoever signed in.</summary>
    public const string CookieName = "distribution";

    /// <summary>The policy of pages about one's own account.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>The policy of the API's calls about one's own account: a key belongs to a publisher, and opens nobody's account.</summary>
    public const string OwnAccountOnly = "own-account";

    private const string ProtectedKeysFolder = "data-protection";

    public static void AddAccess(this IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton(AccessKeys.LoadOrCreate(options.KeysFolder));
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<ISignInLinks>(provider => provider.GetRequiredService<SignInLinks>());
        ProtectCookies(services, options.KeysFolder);

        AuthenticationBuilder authentication = services
            .AddAuthentication(AccessSchemes.Any)
            .AddPolicyScheme(
                AccessSchemes.Any,
                displayName: null,
                scheme =>
                    scheme.ForwardDefaultSelector = context =>
                        context.Request.Headers.ContainsKey("Authorization") ? AccessSchemes.Key : AccessSchemes.Cookie
            )
            .AddScheme<AuthenticationSchemeOptions, KeyAuthenticationHandler>(AccessSchemes.Key, _ => { })
            .AddCookie(AccessSchemes.Cookie, cookie => ConfigureCookie(cookie, options))
            .AddCookie(
                AccessSchemes.External,
                cookie => ConfigureStep(cookie, "distribution-external", SameSiteMode.Lax)
            )
            .AddCookie(
                IdentityConstants.TwoFactorUserIdScheme,
                cookie => ConfigureStep(cookie, "distribution-passkey", SameSiteMode.Strict)
            );
        if (options.OpenId is { } openId)
            authentication.AddOpenId(openId);
        AddIdentity(services);
        foreach (
            string scheme in new[]
            {
                AccessSchemes.Cookie,
                AccessSchemes.External,
                IdentityConstants.TwoFactorUserIdScheme,
            }
        )
        {
            services
                .AddOptions<CookieAuthenticationOptions>(scheme)
                .Configure<PublicUrls>(
                    (cookie, urls) =>
                        cookie.Cookie.SecurePolicy = urls.Base.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                            ? CookieSecurePolicy.Always
                            : CookieSecurePolicy.SameAsRequest
                );
        }

        services
            .AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Read, policy => Require(policy, AccessPolicies.Read))
            .AddPolicy(AccessPolicies.Upload, policy => Require(policy, AccessPolicies.Upload))
            .AddPolicy(AccessPolicies.Manage, policy => Require(policy, AccessPolicies.Manage))
            .AddPolicy(AccessPolicies.Administer, policy => Require(policy, AccessPolicies.Administer))
            .AddPolicy(AccessPolicies.Operate, policy => Require(policy, AccessPolicies.Operate))
            .AddPolicy(AccessPolicies.Edge, policy => Require(policy, AccessPolicies.Edge))
            .AddPolicy(SignedIn, RequireAccount)
            .AddPolicy(OwnAccountOnly, RequireSession);
    }

    private static void Require(AuthorizationPolicyBuilder policy, string permission)
    {
        policy.RequireAuthenticatedUser();
        policy.RequireClaim(AccessClaims.Permission, permission);
        policy.AddRequirements(new SameOriginRequirement());
    }

    private static void RequireAccount(AuthorizationPolicyBuilder policy)
    {
        policy.AddAuthenticationSchemes(AccessSchemes.Cookie);
        policy.RequireAuthenticatedUser();
        policy.AddRequirements(new SameOriginRequirement());
    }

    private static void RequireSession(AuthorizationPolicyBuilder policy)
    {
        policy.RequireAuthenticatedUser();
        policy.RequireClaim(AccessPrincipal.SessionClaim);
        policy.AddRequirements(new SameOriginRequirement());
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services
            .AddIdentityCore<Account>(identity =>
            {
                // Length is what makes a password strong; AccountNames asks for it, and for what a name is.
                identity.Password.RequiredLength = AccountNames.MinPasswordLength;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.Password.RequiredUniqueChars = 5;
                identity.User.AllowedUserNameCharacters = "";
                identity.Lockout.MaxFailedAccessAttempts = 10;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            })
            .AddUserStore<AccountUserStore>()
            .AddSignInManager();
        services.TryAddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            // Nobody types a name before a passkey, and it stands alone: the device must know the account, and its owner.
            passkeys.ResidentKeyRequirement = "required";
            passkeys.UserVerificationRequirement = "required";
        });
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordTurns.Iterations);
        services.AddSingleton<PasswordTurns>();
        services.AddSingleton<RefusalTally>();
        services.AddSingleton<CredentialWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<CredentialWatch>());
        services.AddHttpContextAccessor();
        services.AddScoped<AuditTrail>();
        services.AddScoped<AccountSignIn>();
        services.AddScoped<NewAccounts>();
        services.AddScoped<OwnAccount>();
        services.AddScoped<PublisherKeys>();
        services.AddScoped<PublisherMembers>();
    }

    private static void ConfigureCookie(CookieAuthenticationOptions cookie, DashboardOptions options)
    {
        cookie.Cookie.Name = CookieName;
        cookie.Cookie.HttpOnly = true;
        // Strict would ask for a new sign-in whenever a link to a file's page is followed from a chat or a mail.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.LoginPath = SignInPath;
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.ExpireTimeSpan = options.SessionLifetime;
        cookie.SlidingExpiration = true;
        cookie.Events.OnValidatePrincipal = CookieSessions.ValidateAsync;
        cookie.Events.OnRedirectToLogin = context =>
            IsPage(context.HttpContext) ? Redirect(context) : Problems.Unauthorized().ExecuteAsync(context.HttpContext);
        cookie.Events.OnRedirectToAccessDenied = context =>
            IsPage(context.HttpContext)
                ? context.HttpContext.WriteDocumentAsync<ForbiddenDocument>(StatusCodes.Status403Forbidden, new { })
                : Problems.Forbidden().ExecuteAsync(context.HttpContext);
    }

    /// <summary>For the minutes between two steps of one sign-in.</summary>
    private static void ConfigureStep(CookieAuthenticationOptions cookie, string name, SameSiteMode sameSite)
    {
        cookie.Cookie.Name = name;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = sameSite;
        cookie.ExpireTimeSpan = TimeSpan.FromMinutes(10);
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context)
    {
        // Relative: behind a proxy the browser's scheme and host may be others than the request's.
        context.Response.Redirect(new Uri(context.RedirectUri).PathAndQuery);
        return Task.CompletedTask;
    }

    private static bool IsPage(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static void ProtectCookies(IServiceCollection services, string keysFolder)
    {
        string folder = Path.Combine(keysFolder, ProtectedKeysFolder);
        AccessKeys.CreatePrivateFolder(folder);
        // The name keeps cookies valid when the program moves to another folder.
        services
            .AddDataProtection()
            .SetApplicationName("Distribution")
            .PersistKeysToFileSystem(new DirectoryInfo(folder));
        // It warns that the keys are not encrypted at rest; the folder's mode is what protects them here.
        services.Configure<LoggerFilterOptions>(logging =>
            logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error)
        );
    }
}
