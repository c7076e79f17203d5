using System.Security.Claims;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Members;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Dashboard.Pages;

/// <summary>
/// To an OpenID provider and back. Back here its identity signs in to the account that has it; or is added to the account that is signed in; or,
/// with an invitation, gets an account.
/// </summary>
internal static class OpenIdEndpoints
{
    private const string DonePath = "/sign-in/openid/done";
    private const string InvitationItem = "invitation";
    private const string AccountItem = "account";

    public static void MapOpenId(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-in/openid", BeginAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(DonePath, FinishAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context,
        [FromServices] IAntiforgery antiforgery,
        [FromQuery] string? returnUrl
    )
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Problems.Invalid("The form is too old: reload the page and try again.");
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        var properties = new AuthenticationProperties
        {
            RedirectUri = $"{DonePath}?returnUrl={Uri.EscapeDataString(LocalUrl.OrHome(returnUrl))}",
        };
        if (form["invitation"].ToString() is { Length: > 0 } invitation)
            properties.Items[InvitationItem] = invitation;
        // Only the browser that began as this account may come back as it.
        if (CookieSessions.Find(context) is not null)
            properties.Items[AccountItem] = AccessPrincipal.AccountIdOf(context.User);
        return new GoThere(properties);
    }

    /// <summary>
    /// Leads to the provider by a page that goes on by itself: browsers hold each redirect of a form's answer against <c>form-action</c>, and a
    /// provider may send on to whom we cannot name.
    /// </summary>
    private sealed class GoThere(AuthenticationProperties properties) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await httpContext.ChallengeAsync(OpenIdHosting.Scheme, properties);
            string there = httpContext.Response.Headers.Location.ToString();
            httpContext.Response.Headers.Remove("Location");
            httpContext.Response.Headers["Refresh"] = $"0; url={there}";
            await httpContext.WriteDocumentAsync<LeavingDocument>(
                StatusCodes.Status200OK,
                new
                {
                    Name = httpContext.RequestServices.GetRequiredService<DashboardOptions>().OpenId!.DisplayName,
                    Url = there,
                }
            );
        }
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context,
        [FromServices] UserManager<Account> users,
        [FromServices] AccountSignIn door,
        [FromServices] NewAccounts accounts,
        [FromServices] PublisherMembers members,
        [FromServices] DashboardOptions options,
        [FromQuery] string? returnUrl
    )
    {
        AuthenticateResult came = await context.AuthenticateAsync(AccessSchemes.External);
        await context.SignOutAsync(AccessSchemes.External);
        string? subject = came.Principal?.FindFirstValue("sub");
        if (!came.Succeeded || string.IsNullOrEmpty(subject))
            return Back("openid");
        string issuer = came.Principal!.FindFirstValue("iss") ?? options.OpenId!.Authority.AbsoluteUri;
        string name =
            came.Principal!.FindFirstValue("email")
            ?? came.Principal.FindFirstValue("preferred_username")
            ?? came.Principal.FindFirstValue("name")
            ?? subject;
        var login = new UserLoginInfo(issuer, subject, name);
        came.Properties!.Items.TryGetValue(AccountItem, out string? accountId);
        Account? known = await users.FindByLoginAsync(issuer, subject);
        if (accountId is not null && accountId == AccessPrincipal.AccountIdOf(context.User))
        {
            if (known is not null)
                return Results.Redirect(known.Id == accountId ? "/account" : "/account?error=taken");
            return await accounts.AddLoginAsync(accountId, login)
                ? Results.Redirect("/account?saved=login")
                : Results.Redirect("/account?error=login");
        }
        came.Properties.Items.TryGetValue(InvitationItem, out string? token);
        if (token is not null && await members.FindInvitationAsync(token) is { } invitation)
        {
            known ??= await accounts.CreateAsync(login);
            if (known is null || !await members.AcceptAsync(token, invitation, known))
                return Back("no-account");
        }
        if (known is null)
            return Back("no-account");
        await door.EnterAsync(known, "openid");
        return Results.Redirect(LocalUrl.OrHome(returnUrl));
    }

    private static IResult Back(string error) => Results.Redirect($"{AccessHosting.SignInPath}?error={error}");
}
