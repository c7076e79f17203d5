using Distribution.Contracts.Access;
using Distribution.Dashboard.Security;
using Orleans.Dashboard;

namespace Distribution.Standalone.Serving;

/// <summary>Orleans' own dashboard, for operators alone.</summary>
internal static class OrleansDashboard
{
    private const string Path = "/server/orleans";

    /// <summary>As the portal's, with the icons that its style sheet carries in itself.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>From then on it measures every call between grains.</summary>
    public static void AddOrleansDashboard(this WebApplicationBuilder builder) =>
        builder.UseOrleans(static silo => silo.AddDashboard());

    public static void MapOrleansDashboardForOperators(this WebApplication app) =>
        app.MapOrleansDashboard(Path)
            .RequireAuthorization(AccessPolicies.Operate)
            .WithMetadata(new OwnContentSecurityPolicy(Policy))
            .ExcludeFromDescription();
}
