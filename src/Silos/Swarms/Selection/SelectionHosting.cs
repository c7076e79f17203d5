using Distribution.Silos.Holdouts;
using Distribution.Silos.Ledgers.Networks;
using Distribution.Silos.Swarms.Networks;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Composes peer selection into a silo.</summary>
internal static class SelectionHosting
{
    /// <exception cref="GeoDatabaseException">A database cannot be used; the message says why.</exception>
    public static IServiceCollection AddPeerSelection(this IServiceCollection services, SelectionOptions options)
    {
        PeerNetworks? networks = null;
        INetworkSource? source = null;
        if (options.GeoDatabases is { Count: > 0 } paths)
        {
            var databases = new GeoDatabases(paths);
            source = databases;
            networks = new PeerNetworks(databases);
            services.AddSingleton(databases);
            services.AddHostedService<GeoDatabasesFollower>();
        }
        services.AddSingleton(new ViewerNetworks(source));
        return services.AddSingleton(provider => new SelectionRules(
            options,
            networks,
            provider.GetRequiredService<PeerSwitches>(),
            provider.GetRequiredService<HoldoutDraw>()
        ));
    }
}
