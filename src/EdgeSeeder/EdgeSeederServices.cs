using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Distribution.EdgeSeeder;

/// <summary>Composes an edge seeder into a host.</summary>
public static class EdgeSeederServices
{
    /// <summary>
    /// Adds an edge seeder that runs with the host; see <see cref="EdgeNode"/>. The options are checked when the host starts. The
    /// server need not answer yet.
    /// </summary>
    public static IHostApplicationBuilder AddEdgeSeeder(this IHostApplicationBuilder builder, EdgeOptions options)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(SeedingEngineKind.Own);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<EdgeNode>(services, options));
        builder.Services.AddHostedService(services => services.GetRequiredService<EdgeNode>());
        return builder;
    }
}
