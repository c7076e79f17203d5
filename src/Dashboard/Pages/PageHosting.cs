using System.Diagnostics;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Layout;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
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
        app.MapRazorComponents<App>().WithStaticAssets();
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Answers for addresses that lead nowhere: a page for browsers, a problem for programs.</summary>
    public static void UseNotFound(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                await next(context);
                bool unmatched = context.GetEndpoint()?.RequestDelegate is null || IsMethodMismatch(context);
                if (!unmatched || context.Response.HasStarted || context.Response.StatusCode is not (404 or 405))
                    return;
                if (context.Request.Path.StartsWithSegments(ApiHosting.Root))
                    await (
                        context.Response.StatusCode == 405 ? Problems.MethodNotAllowed() : Problems.NoSuchResource()
                    ).ExecuteAsync(context);
                else if (context.Response.StatusCode == 404 && WantsPage(context))
                    await new RazorComponentResult<NotFoundDocument> { StatusCode = 404 }.ExecuteAsync(context);
            }
        );

    // Routing stands in with an endpoint of its own where only the method is wrong.
    private static bool IsMethodMismatch(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
        && context.GetEndpoint() is not RouteEndpoint;

    private static bool WantsPage(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Problems.Invalid("The form is too old: reload the page and try again.");
        await context.SignOutAsync(AccessSchemes.Cookie);
        return Results.Redirect($"{AccessHosting.SignInPath}?signed-out=1");
    }

    /// <summary>Faults inside our own endpoints, told in the caller's language; those of other parts pass on.</summary>
    private sealed class FaultHandler : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(
            HttpContext httpContext,
            Exception exception,
            CancellationToken cancellationToken
        )
        {
            bool unavailable = exception is TimeoutException or Orleans.Runtime.OrleansException;
            if (httpContext.Request.Path.StartsWithSegments(ApiHosting.Root) || !WantsPage(httpContext))
            {
                await (unavailable ? Problems.Unavailable() : Problems.Internal()).ExecuteAsync(httpContext);
                return true;
            }
            var page = new RazorComponentResult<ErrorDocument>(
                new
                {
                    Unavailable = unavailable,
                    TraceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier,
                }
            )
            {
                StatusCode = unavailable
                    ? StatusCodes.Status503ServiceUnavailable
                    : StatusCodes.Status500InternalServerError,
            };
            await page.ExecuteAsync(httpContext);
            return true;
        }
    }
}
