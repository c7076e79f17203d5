using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Layout;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace Distribution.Dashboard.Pages;

/// <summary>The portal's and the viewer's pages: rendered on the server, with small scripts where something moves.</summary>
internal static class PageHosting
{
    public static void AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddMudServices();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "distribution-antiforgery";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddExceptionHandler<FaultHandler>();
    }

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapTheme();
        app.MapRazorComponents<App>().WithStaticAssets();
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Problems.Invalid("The form is too old: reload the page and try again.");
        await context.SignOutAsync(AccessSchemes.Cookie);
        return Results.Redirect($"{AccessHosting.SignInPath}?signed-out=1");
    }
}
