using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Distribution.Dashboard.Layout;

/// <summary>
/// The theme's variables as a style sheet of their own, light and dark: written into each page they would be nine tenths of it. The
/// address names the build, so browsers keep what they have.
/// </summary>
internal static partial class ThemeStyles
{
    public static string Path { get; } = $"/theme.{typeof(ThemeStyles).Module.ModuleVersionId:N}.css";

    public static void MapTheme(this IEndpointRouteBuilder app) =>
        app.MapGet(Path, GetAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        HttpContext context,
        [FromServices] IServiceProvider services,
        [FromServices] ILoggerFactory logging
    )
    {
        await using var renderer = new HtmlRenderer(services, logging);
        string light = await RenderAsync(renderer, dark: false);
        string dark = await RenderAsync(renderer, dark: true);
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Text(
            $"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n",
            "text/css",
            System.Text.Encoding.UTF8
        );
    }

    private static Task<string> RenderAsync(HtmlRenderer renderer, bool dark) =>
        renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = new Dictionary<string, object?>
            {
                [nameof(SystemTheme.Theme)] = PortalTheme.Value,
                [nameof(SystemTheme.IsDarkMode)] = dark,
            };
            var html = await renderer.RenderComponentAsync<SystemTheme>(ParameterView.FromDictionary(parameters));
            return Tags().Replace(html.ToHtmlString(), "");
        });

    [GeneratedRegex("</?style[^>]*>")]
    private static partial Regex Tags();
}
