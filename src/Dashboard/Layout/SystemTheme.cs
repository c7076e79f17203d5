using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace Distribution.Dashboard.Layout;

/// <summary>
/// The theme's variables alone. <see cref="MudThemeProvider"/> itself would ask the browser for its preference after the first
/// interactive render, which never comes on pages that are rendered on the server only.
/// </summary>
public sealed class SystemTheme : MudThemeProvider
{
    protected override void BuildRenderTree(RenderTreeBuilder __builder) => __builder.AddMarkupContent(0, BuildTheme());
}
