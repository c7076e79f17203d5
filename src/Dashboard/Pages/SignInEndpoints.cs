using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Pages;

/// <summary>Forms of the portal that are no page of their own: signing in by a passkey, signing out, and which publisher to look at.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/publisher", ChoosePublisherAsync)
            .RequireAuthorization(AccessHosting.SignedIn)
            .ExcludeFromDescription();
        app.MapPost("/sign-in/passkey/options", GetPasskeyOptionsAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/sign-in/passkey", UsePasskeyAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/account/passkeys/options", GetNewPasskeyOptionsAsync)
            .RequireAuthorization(AccessHosting.SignedIn)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context,
        [FromServices] IAntiforgery antiforgery,
        [FromServices] AccountSignIn door
    )
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TooOld();
        await door.LeaveAsync();
        return Results.Redirect($"{AccessHosting.SignInPath}?signed-out=1");
    }

    private static async Task<IResult> ChoosePublisherAsync(
        HttpContext context,
        [FromServices] IAntiforgery antiforgery
    )
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TooOld();
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string wanted = form["publisher"].ToString();
        if (CookieSessions.Find(context)?.Memberships.Any(member => member.PublisherId == wanted) != true)
            return Problems.NoSuch("publisher");
        context.Response.Cookies.Append(
            CookieSessions.PublisherCookie,
            wanted,
            CookieSessions.PublisherCookieOptions(context)
        );
        return Results.Redirect("/");
    }

    private static async Task<IResult> GetPasskeyOptionsAsync(
        HttpContext context,
        [FromServices] IAntiforgery antiforgery,
        [FromServices] SignInManager<Account> signIn
    ) =>
        await antiforgery.IsRequestValidAsync(context)
            ? Results.Text(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json")
            : TooOld();

    private static async Task<IResult> UsePasskeyAsync(
        HttpContext context,
        [FromServices] IAntiforgery antiforgery,
        [FromServices] AccountSignIn door,
        [FromQuery] string? returnUrl
    )
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TooOld();
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string credential = form["credential"].ToString();
        bool isIn =
            credential.Length is > 0 and <= OwnAccount.MaxCredentialLength && await door.ByPasskeyAsync(credential);
        return Results.Redirect(isIn ? LocalUrl.OrHome(returnUrl) : $"{AccessHosting.SignInPath}?error=passkey");
    }

    private static async Task<IResult> GetNewPasskeyOptionsAsync(
        HttpContext context,
        [FromServices] IAntiforgery antiforgery,
        [FromServices] OwnAccount own
    )
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TooOld();
        return await own.MakePasskeyOptionsAsync() is { } options
            ? Results.Text(options, "application/json")
            : Problems.Unauthorized();
    }

    private static Problems TooOld() => Problems.Invalid("The form is too old: reload the page and try again.");
}
