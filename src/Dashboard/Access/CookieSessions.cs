using System.Security.Claims;
using Distribution.Contracts.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Dashboard.Access;

/// <summary>
/// Holds each request with a cookie against its account as it is now: a session that was ended, a role that was changed and a member that was
/// removed are so at once, at every server of a cluster.
/// </summary>
internal static class CookieSessions
{
    /// <summary>Names the publisher that a browser looks at; it gives no right.</summary>
    public const string PublisherCookie = "distribution-publisher";

    private const string SessionItem = "distribution-session";

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        ClaimsPrincipal shown = context.Principal!;
        string accountId = AccessPrincipal.AccountIdOf(shown);
        string sessionId = AccessPrincipal.SessionIdOf(shown);
        IGrainFactory grains = context.HttpContext.RequestServices.GetRequiredService<IGrainFactory>();
        AccountSession? session =
            accountId.Length > 0 && sessionId.Length > 0
                ? await grains.GetGrain<IAccountsGrain>(0).ReadSessionAsync(accountId, sessionId)
                : null;
        string? stamp = shown.FindFirstValue(AccessPrincipal.StampClaim);
        if (session is null || stamp != session.SecurityStamp)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(AccessSchemes.Cookie);
            return;
        }
        context.HttpContext.Items[SessionItem] = session;
        context.ReplacePrincipal(
            AccessPrincipal.Member(
                AccessSchemes.Cookie,
                accountId,
                sessionId,
                session,
                Choose(context.HttpContext, session)
            )
        );
    }

    /// <summary>Of a request that came with a valid cookie; null for others.</summary>
    public static AccountSession? Find(HttpContext context) => context.Items[SessionItem] as AccountSession;

    public static CookieOptions PublisherCookieOptions(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
        };

    private static Membership? Choose(HttpContext context, AccountSession session)
    {
        string? wanted = context.Request.Cookies[PublisherCookie];
        return session.Memberships.FirstOrDefault(membership => membership.PublisherId == wanted)
            ?? (session.Memberships.Count > 0 ? session.Memberships[0] : null);
    }
}
