using Distribution.Dashboard.Layout;
using Distribution.Dashboard.Text;
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
        app.MapRazorComponents<App>().WithStaticAssets().Add(AllowHead);
        app.MapLanguages();
        app.MapSignIn();
        if (app.ServiceProvider.GetRequiredService<DashboardOptions>().OpenId is not null)
            app.MapOpenId();
    }

    // A page answers HEAD as it answers GET; Kestrel leaves the body out.
    private static void AllowHead(EndpointBuilder page)
    {
        if (
            page.Metadata.OfType<HttpMethodMetadata>().LastOrDefault() is { } known
            && known.HttpMethods.Contains("GET")
        )
            page.Metadata.Add(new HttpMethodMetadata([.. known.HttpMethods, HttpMethods.Head]));
    }
}
