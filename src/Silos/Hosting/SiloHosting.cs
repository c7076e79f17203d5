using Distribution.Contracts.Access;
using Distribution.Contracts.PlainHttp;
using Distribution.Silos.Accounts;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Announces.Plain;
using Distribution.Silos.Edges;
using Distribution.Silos.Files;
using Distribution.Silos.Holdouts;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Ledgers.Logs;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Telemetry;
using Distribution.Silos.Traffic;
using Distribution.Silos.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;

namespace Distribution.Silos.Hosting;

/// <summary>Composes a silo into a host: grains, ledger, tracker.</summary>
public static class SiloHosting
{
    /// <summary>
    /// Adds the silo. It needs nothing but its SQLite file, or the database of its cluster, which is opened here. From the container it takes <c>PublicUrls</c>, and
    /// <see cref="TimeProvider"/> where another than the system's is wanted.
    /// </summary>
    /// <exception cref="StateUnavailableException">The file or database cannot be used; the message says why.</exception>
    /// <exception cref="Swarms.Networks.GeoDatabaseException">A geo database cannot be used; the message says why.</exception>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder, SiloOptions options)
    {
        if (!options.IsClustered)
            ArgumentException.ThrowIfNullOrEmpty(options.StatePath);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SwarmShards, nameof(options));
        if (Problems(options).ToArray() is { Length: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        if (options.Selection.Problems().ToArray() is { Length: > 0 } selectionProblems)
            throw new ArgumentException(string.Join(' ', selectionProblems), nameof(options));
        HugePages.TryAsk();
        IServiceCollection services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Prices);
        StateDatabase database = options.Database is { } shared
            ? StateDatabase.OpenPostgres(shared)
            : StateDatabase.Open(options.StatePath);
        // By a factory, so that the container closes it when the host stops.
        services.AddSingleton(_ => database);
        services.AddAccounts();
        services.AddWebhooks();
        services.AddWebhookWatch();
        services.AddSingleton<FileCatalog>();
        services.AddSingleton<RecentTraffic>();
        services.AddSingleton<AnomalyTally>();
        services.AddSingleton<HoldoutDraw>();
        services.AddHostedService<HoldoutsFollower>();
        services.AddSingleton<Ledger>();
        services.AddSingleton<AccessLogs>();
        services.AddSingleton<MonthReader>();
        services.AddSingleton<ReportReader>();
        services.AddSingleton<FileReader>();
        services.AddSingleton<MonthEstimate>();
        services.AddSingleton<ChainKeyStore>();
        services.AddSingleton<LedgerChain>();
        services.AddHostedService<LedgerCloser>();
        services.AddSingleton(static _ => new SwarmCensus());
        services.AddSingleton(new PeerBudget(options.Peers, options.SwarmShards));
        services.AddPeerSelection(options.Selection);
        services.AddSingleton<PeerSwitchTable>();
        services.AddSingleton(static provider => new PeerSwitches(
            provider.GetRequiredService<PeerSwitchTable>().ReadAsync
        ));
        services.AddSingleton<OpenSwarms>();
        services.AddSingleton(static provider => new SwarmShards(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<SiloOptions>().SwarmShards
        ));
        services.AddSingleton(new LocalShards(options.SwarmShards));
        services.AddSingleton(new ShardRoutes(options.SwarmShards));
        services.AddSingleton<LocalAnnounces>();
        services.AddSingleton<RemoteAnnounces>();
        services.AddMetrics();
        services.AddSingleton<SiloMetrics>();
        services.AddSingleton<IAnnounceHandler, GrainAnnounceHandler>();
        services.AddSingleton(static provider => new RequestLimits(
            provider.GetRequiredService<SiloOptions>().Limits,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<HttpTracker>();
        services.AddSingleton(static provider => new UdpConnectionIds(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<SiloOptions>().ConnectionIdSecret
        ));
        services.AddSingleton<PlainTracker>();
        services.AddSingleton<IPlainHandler>(static provider => provider.GetRequiredService<PlainTracker>());
        services
            .AddOptions<KestrelServerOptions>()
            .Configure<IServiceProvider>(
                static (kestrel, provider) =>
                    kestrel.ConfigureEndpointDefaults(endpoint =>
                    {
                        PlainTracker plain = provider.GetRequiredService<PlainTracker>();
                        endpoint.Use(next => connection => plain.ServeAsync(connection, next));
                    })
            );
        services.AddSingleton<UdpTracker>();
        services.AddBrowserTracker(options.Browsers);
        services.AddSingleton<HeartbeatEndpoint>();
        services.AddSingleton<SiloNews>();
        services.AddHostedService<OpenSwarmsFollower>();
        services.AddSingleton<UdpTrackerService>();

        builder.UseOrleans(silo =>
        {
            silo.UseCluster(options);
            silo.AddGrainService<SiloNewsService>();
            silo.AddGrainService<SiloAnnouncesService>();
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(30));
            silo.Services.AddGrainStorage(
                StateGrainStorage.Name,
                static (provider, _) => new StateGrainStorage(provider.GetRequiredService<StateDatabase>())
            );
        });
        // After Orleans, so that whoever announces finds the grains.
        services.AddHostedService(static provider => provider.GetRequiredService<UdpTrackerService>());
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        // Its base class tells of each silo that comes and goes.
        builder.Logging.AddFilter(typeof(SiloNewsService).FullName, LogLevel.Warning);
        builder.Logging.AddFilter(typeof(SiloAnnouncesService).FullName, LogLevel.Warning);
        // They warn at each start: of workstation GC, and of a health check that has not run yet.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        return builder;
    }

    /// <summary>Maps <c>/announce</c>, for browsers over WebSocket too, <c>/scrape</c>, the edges' heartbeat, and what their operator does.</summary>
    public static IEndpointRouteBuilder MapSilo(this IEndpointRouteBuilder endpoints)
    {
        HttpTracker tracker = endpoints.ServiceProvider.GetRequiredService<HttpTracker>();
        HeartbeatEndpoint heartbeats = endpoints.ServiceProvider.GetRequiredService<HeartbeatEndpoint>();
        endpoints.MapAnnounce("/announce", tracker.AnnounceAsync).AllowAnonymous();
        endpoints.MapGet("/scrape", (RequestDelegate)tracker.ScrapeAsync).AllowAnonymous();
        endpoints
            .MapPost("/api/v1/edge/{node}/heartbeat", heartbeats.PostAsync)
            .RequireAuthorization(AccessPolicies.Edge)
            .WithMetadata(new BodyLimit())
            .WithName("edgeHeartbeat");
        endpoints.MapFleet();
        return endpoints;
    }

    private static IEnumerable<string> Problems(SiloOptions options) =>
        options.Browsers.Problems().Concat(options.Limits.Problems()).Concat(options.Peers.Problems());

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => HeartbeatEndpoint.MaxBodyBytes;
    }
}
