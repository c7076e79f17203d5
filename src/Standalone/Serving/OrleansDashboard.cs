using Distribution.Contracts.Access;
using Orleans.Dashboard;

namespace Distribution.Standalone.Serving;

/// <summary>Orleans' own dashboard, for operators alone.</summary>
internal static class OrleansDashboard
{
    private const string Path = "/server/orleans";

    /// <summary>From then on it measures every call between grains.</summary>
    public static void AddOrleansDashboard(this WebApplicationBuilder builder) =>
        builder.UseOrleans(static silo => silo.AddDashboard());

    public static void MapOrleansDashboardForOperators(this WebApplication app) =>
        app.MapOrleansDashboard(Path).RequireAuthorization(AccessPolicies.Operate).ExcludeFromDescription();
}
