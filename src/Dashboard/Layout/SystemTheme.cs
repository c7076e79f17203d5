using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace Distribution.Dashboard.Layout;

/// <summary>
/// The theme's variables for pages without a script runtime: <see cref="MudThemeProvider"/> would ask the browser for its preference
/// after the first render, which never comes here, so the dark palette goes under a media query instead.
/// </summary>
public sealed class SystemTheme : MudThemeProvider
{
    protected override void BuildRenderTree(RenderTreeBuilder __builder)
    {
        string style = BuildTheme();
        if (style.Contains("color-scheme: dark", StringComparison.Ordinal))
            style = style.Replace("<style", "<style media=\"(prefers-color-scheme: dark)\"", StringComparison.Ordinal);
        __builder.AddMarkupContent(0, style);
    }
}
