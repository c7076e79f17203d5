using Distribution.Contracts.Access;
using Distribution.Contracts.Links;
using Distribution.Dashboard.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Distribution.Dashboard.Access;

/// <summary>Registers who may do what: keys, cookie, and the two policies that all front ends ask for.</summary>
internal static class AccessHosting
{
    public const string SignInPath = "/sign-in";

    private const string ProtectedKeysFolder = "data-protection";

    public static void AddAccess(this IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton(AccessKeys.LoadOrCreate(options.KeysFolder));
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<ISignInLinks>(provider => provider.GetRequiredService<SignInLinks>());
        ProtectCookies(services, options.KeysFolder);

        services
            .AddAuthentication(AccessSchemes.Any)
            .AddPolicyScheme(
                AccessSchemes.Any,
                displayName: null,
                scheme =>
                    scheme.ForwardDefaultSelector = context =>
                        context.Request.Headers.ContainsKey("Authorization") ? AccessSchemes.Key : AccessSchemes.Cookie
            )
            .AddScheme<AuthenticationSchemeOptions, KeyAuthenticationHandler>(AccessSchemes.Key, _ => { })
            .AddCookie(AccessSchemes.Cookie, cookie => ConfigureCookie(cookie, options));
        services
            .AddOptions<CookieAuthenticationOptions>(AccessSchemes.Cookie)
            .Configure<PublicUrls>(
                (cookie, urls) =>
                    cookie.Cookie.SecurePolicy = urls.Base.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                        ? CookieSecurePolicy.Always
                        : CookieSecurePolicy.SameAsRequest
            );

        services
            .AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Publisher, policy => Require(policy, AccessPolicies.Publisher))
            .AddPolicy(AccessPolicies.Edge, policy => Require(policy, AccessPolicies.Edge));
    }

    private static void Require(AuthorizationPolicyBuilder policy, string role)
    {
        policy.RequireAuthenticatedUser();
        policy.RequireClaim(AccessSchemes.RoleClaim, role);
        policy.AddRequirements(new SameOriginRequirement());
    }

    private static void ConfigureCookie(CookieAuthenticationOptions cookie, DashboardOptions options)
    {
        cookie.Cookie.Name = "distribution";
        cookie.Cookie.HttpOnly = true;
        // Strict would ask for a new sign-in whenever a link to a file's page is followed from a chat or a mail.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.LoginPath = SignInPath;
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.ExpireTimeSpan = options.SessionLifetime;
        cookie.SlidingExpiration = true;
        cookie.Events.OnRedirectToLogin = context =>
            IsPage(context.HttpContext) ? Redirect(context) : Problems.Unauthorized().ExecuteAsync(context.HttpContext);
        cookie.Events.OnRedirectToAccessDenied = context => Problems.Forbidden().ExecuteAsync(context.HttpContext);
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
