using System.Reflection;
using System.Text.RegularExpressions;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Components;

namespace Distribution.Dashboard.Tests.Browser;

/// <summary>The portal's pages, by their routes.</summary>
internal static class PageRoutes
{
    /// <summary>Routes that none of the paths leads to.</summary>
    public static IEnumerable<string> NotAmong(IReadOnlyCollection<string> paths) =>
        typeof(AccessKeys)
            .Assembly.GetTypes()
            .SelectMany(static type => type.GetCustomAttributes<RouteAttribute>())
            .Select(static route => route.Template)
            .Where(template => !paths.Any(path => Matches(template, path)));

    private static bool Matches(string template, string path) =>
        Regex.IsMatch(path.Split('?')[0], $"^{Regex.Replace(template, "{[^}]+}", "[^/]+")}$");
}
