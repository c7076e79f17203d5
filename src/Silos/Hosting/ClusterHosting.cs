using System.Net;
using System.Net.Sockets;
using Distribution.Silos.State;
using Distribution.Silos.Swarms.Shards;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Distribution.Silos.Hosting;

/// <summary>How a silo finds the others and notices their end.</summary>
internal static class ClusterHosting
{
    private const string Name = "distribution";

    /// <summary>Between the questions whether another silo lives; unanswered within as much, one is missed.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// A silo that finds itself slow waits so much longer. And as long, times <see cref="MissedProbes"/>, a silo is let live whose connections are open, since its last word: a
    /// pause of more than that ends one that only hung.
    /// </summary>
    private static readonly TimeSpan LongestProbeTimeout = TimeSpan.FromSeconds(3);

    /// <summary>So many in a row, and the silo is declared dead.</summary>
    private const int MissedProbes = 3;

    /// <summary>How often a silo writes into the table that it lives; one that starts waits for none that has not for three times as long.</summary>
    private static readonly TimeSpan IAmAlive = TimeSpan.FromSeconds(2);

    /// <summary>Grains of a silo that died start elsewhere only so long after its estimated end, which is earlier than the others' word that it is dead.</summary>
    private static readonly TimeSpan DeadSiloLease = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>Dead silos' rows stay so long, for people to look at, and are then removed.</summary>
    private static readonly TimeSpan DeadRowsKept = TimeSpan.FromHours(1);
    private static readonly TimeSpan DeadRowsSweep = TimeSpan.FromMinutes(10);

    /// <summary>With a database: whoever shares it. Without: alone.</summary>
    public static void UseCluster(this ISiloBuilder silo, SiloOptions options)
    {
        silo.Services.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        int siloPort = options.SiloPort == 0 ? FreePort(options.SiloAddress) : options.SiloPort;
        int gatewayPort = options.GatewayPort == 0 ? FreePort(options.SiloAddress) : options.GatewayPort;
        if (options.Database is not { } database)
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: Name, clusterId: Name);
            return;
        }
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ServiceId = Name;
            cluster.ClusterId = Name;
        });
        silo.Services.AddSingleton<IFatalErrorHandler, ClusterExit>();
#pragma warning disable ORLEANSEXP003 // the other one lets a grain be in two places for a while when silos come and go
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(static directory => directory.RangeLeaseDuration = DeadSiloLease);
        silo.ConfigureEndpoints(options.SiloAddress, siloPort, gatewayPort);
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.ConnectionString = PostgresAddress.ForMembership(database);
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = ProbeTimeout;
            membership.MaxProbeTimeout = LongestProbeTimeout;
            membership.NumMissedProbesLimit = MissedProbes;
            membership.IAmAliveTablePublishTimeout = IAmAlive;
            membership.TableRefreshTimeout = TableRefresh;
            membership.DefunctSiloExpiration = DeadRowsKept;
            membership.DefunctSiloCleanupPeriod = DeadRowsSweep;
        });
    }

    // Another process may take the port before the silo does; then the start fails, and says so.
    private static int FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
