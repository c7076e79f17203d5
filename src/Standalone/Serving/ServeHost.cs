using System.Net;
using System.Net.Sockets;
using Distribution.Contracts.Links;
using Distribution.Dashboard;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Webhooks;
using Distribution.EdgeSeeder;
using Distribution.EdgeSeeder.Seeding;
using Distribution.Ingest;
using Distribution.Ingest.Contents.Azure;
using Distribution.Silos.Hosting;
using Distribution.Silos.State;
using Distribution.Silos.Swarms.Networks;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Serving.Proxies;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Distribution.Standalone.Serving;

/// <summary>Silo, ingest, portal and edge seeder in one process.</summary>
internal static class ServeHost
{
    /// <summary>From SIGTERM to the end of the process, at the most.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan ReadyPollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until a signal; the settings are valid and the data folder is held.</summary>
    public static async Task<int> RunAsync(ServeOptions options, IConfiguration configuration, CancellationToken stop)
    {
        IReadOnlyList<IPEndPoint> edgeEndpoints = [];
        if (options.EdgePort > 0)
        {
            Answer<IReadOnlyList<IPEndPoint>> found = await EdgeAddresses.FindAsync(options, stop);
            if (!found.TryGet(out IReadOnlyList<IPEndPoint>? endpoints, out Failure? failure))
                return Complaint.WrongUsage(failure.Message);
            edgeEndpoints = endpoints;
        }
        try
        {
            ClusterShare? share = options.Database is null ? null : await ClusterShare.TakeAsync(options);
            await using WebApplication app = Build(options, share, edgeEndpoints, configuration);
            await app.StartAsync(stop);
            await AnnounceAsync(app, options, stop);
            await app.WaitForShutdownAsync(stop);
            return ExitStatus.Done;
        }
        catch (OptionsValidationException fault)
        {
            return Complaint.Fail(string.Join(' ', fault.Failures));
        }
        catch (Exception fault)
            when (fault
                    is StateUnavailableException
                        or GeoDatabaseException
                        or IOException
                        or InvalidDataException
                        or SocketException
            )
        {
            // Their own words name the file or the address that could not be had.
            return Complaint.Fail(fault.Message);
        }
        catch (OrleansException fault)
        {
            return Complaint.Fail($"The server could not join its cluster: {fault.Message}");
        }
    }

    /// <summary>The server with all its endpoints, not started.</summary>
    internal static WebApplication Build(
        ServeOptions options,
        ClusterShare? share,
        IReadOnlyList<IPEndPoint> edgeEndpoints,
        IConfiguration configuration
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            // The pages' files lie beside the program, wherever it is started from.
            new WebApplicationOptions
            {
                ContentRootPath = AppContext.BaseDirectory,
                Args = HostArguments.ReadSettingsOnce,
            }
        );
        builder.Configuration.AddConfiguration(configuration);
        builder.AddProgramLogging();
        builder.WebHost.UseUrls([.. options.Urls.Select(url => url.GetLeftPart(UriPartial.Authority))]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new PublicUrls(options.PublicBaseUrl));
        builder.Services.AddServeHealth();
        builder.AddServeTelemetry();
        builder.AddParts(options, share, edgeEndpoints);

        WebApplication app = builder.Build();
        app.UseTrustedProxies(options.TrustedProxies);
        app.UseRequestDraining();
        app.MapDashboard();
        app.MapSilo();
        if (options.OrleansDashboard)
            app.MapOrleansDashboardForOperators();
        app.MapIngest();
        app.MapServeHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
        return app;
    }

    /// <summary>The order matters at the end: what was added last stops first, and tells the silo its last counts.</summary>
    private static void AddParts(
        this WebApplicationBuilder builder,
        ServeOptions options,
        ClusterShare? share,
        IReadOnlyList<IPEndPoint> edgeEndpoints
    )
    {
        string data = options.DataFolder;
        var silo = new SiloOptions
        {
            StatePath = DataFolder.StatePath(data),
            LedgerKeyPath = DataFolder.KeyPath(data, DataFolder.LedgerKeyName),
            Database = options.Database,
            SiloAddress = options.SiloAddress,
            SiloPort = options.SiloPort,
            GatewayPort = options.GatewayPort,
            UdpPort = options.TrackerUdpPort,
            Limits = options.TrackerLimits,
            Peers = options.TrackerPeers,
            Selection = options.Selection,
            Prices = options.Prices,
        };
        silo.ConnectionIdSecret = share?.ConnectionIdSecret ?? silo.ConnectionIdSecret;
        builder.AddSilo(silo);
        if (options.OrleansDashboard)
            builder.AddOrleansDashboard();
        builder.AddDashboard(
            new DashboardOptions
            {
                KeysFolder = DataFolder.KeysPath(data),
                DefaultFormat = options.TorrentFormat,
                Contracts = options.Contracts,
                OpenId = options.OpenId,
                QuotaBytes = options.QuotaBytes,
                OrleansDashboard = options.OrleansDashboard,
                RateLimits = options.Portal.RateLimits,
                Webhooks = new WebhookOptions { AllowPrivateAddresses = options.Portal.WebhooksPrivate },
            }
        );
        if (share is not null)
            builder
                .Services.AddOptions<KeyManagementOptions>()
                .Configure<StateDatabase>((keys, database) => keys.XmlRepository = new SharedKeyRing(database));
        builder.AddIngest(
            new IngestOptions
            {
                Content = options.Blobs,
                Azure = new AzureStoreOptions
                {
                    Container = options.BlobsContainer,
                    PublicUrl = options.BlobsPublicUrl,
                },
                SendJournalPath = DataFolder.SendJournalPath(data),
                DefaultFormat = options.TorrentFormat,
                MaxUploadBytes = options.MaxUploadBytes,
                PublisherQuotaBytes = options.QuotaBytes,
                MaxOpenUploads = options.MaxOpenUploads,
                MinFreeDiskBytes = options.MinFreeBytes,
                CdnLogs = options.CdnLogs,
                ImportRoots = options.ImportFrom,
                ImportFromPrivateAddresses = options.ImportPrivate,
            }
        );
        if (options.EdgePort > 0)
            builder.AddEdgeSeeder(
                new EdgeOptions
                {
                    ServerUrl = LocalUrl(options),
                    OriginUrl = LocalUrl(options),
                    EdgeKey = AccessKeys.LoadOrCreate(DataFolder.KeysPath(data)).EdgeKey,
                    DataFolder = DataFolder.EdgePath(data),
                    Port = options.EdgePort,
                    PublicEndpoints = [.. edgeEndpoints.Select(endpoint => endpoint.ToString())],
                    Seeding = new SeedingLimits { AcceptUtp = options.EdgeUtp },
                }
            );
    }

    /// <summary>How this process reaches its own web server, whatever viewers call it.</summary>
    private static string LocalUrl(ServeOptions options)
    {
        var url = new UriBuilder(options.Urls[0]);
        if (options.Urls[0].Host is "0.0.0.0")
            url.Host = "127.0.0.1";
        else if (options.Urls[0].Host is "[::]")
            url.Host = "[::1]";
        return url.Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Once ready, says so on standard output, with a way in.</summary>
    private static async Task AnnounceAsync(WebApplication app, ServeOptions options, CancellationToken stop)
    {
        HealthCheckService health = app.Services.GetRequiredService<HealthCheckService>();
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        while (
            !stopping.IsCancellationRequested && (await health.CheckHealthAsync(stop)).Status != HealthStatus.Healthy
        )
            await Task.Delay(ReadyPollInterval, stop);
        SignInLink link = app.Services.GetRequiredService<ISignInLinks>().Create();
        await Console.Out.WriteLineAsync($"Distribution is ready at {options.PublicBaseUrl.AbsoluteUri.TrimEnd('/')}");
        await Console.Out.WriteLineAsync($"Sign in, once and before {link.ExpiresAt:yyyy-MM-dd HH:mm} UTC: {link.Url}");
        await Console.Out.FlushAsync(stop);
    }
}
