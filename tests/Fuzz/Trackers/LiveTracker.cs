using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces;
using Distribution.Silos.Hosting;
using Distribution.Silos.Swarms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Distribution.Fuzz.Trackers;

/// <summary>A whole silo in this process, with its ports, on a database of its own.</summary>
internal sealed class LiveTracker : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private LiveTracker(WebApplication app, string folder)
    {
        (_app, _folder) = (app, folder);
        var http = new Uri(app.Urls.Single());
        Http = new IPEndPoint(IPAddress.Loopback, http.Port);
        Udp = new IPEndPoint(IPAddress.Loopback, app.Services.GetRequiredService<UdpTrackerService>().Endpoint!.Port);
    }

    public IPEndPoint Udp { get; }

    public IPEndPoint Http { get; }

    public static async Task<LiveTracker> StartAsync()
    {
        // Else a watcher looks at everything that the database does in the folder.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        string folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(new PublicUrls(new Uri("http://127.0.0.1")));
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization(static options =>
            options.AddPolicy(AccessPolicies.Edge, static policy => policy.RequireAssertion(static _ => false))
        );
        builder.AddSilo(
            new SiloOptions
            {
                StatePath = Path.Combine(folder, "state.db"),
                UdpPort = -1,
                Peers = new PeerTableOptions { MostPeers = 1_000, MostPeersPerSwarm = 1_000 },
            }
        );
        WebApplication app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSilo();
        await app.StartAsync();
        IGrainFactory grains = app.Services.GetRequiredService<IGrainFactory>();
        foreach (InfoHash infoHash in (InfoHash[])[FuzzTracker.Crowded, FuzzTracker.Quiet])
        {
            string id = infoHash.ToString();
            var swarm = new SwarmDefinition(id, "default", infoHash, id, 1_000_000, 1 << 16, PeerPolicy.Everyone);
            await grains.GetGrain<ISwarmGrain>(id).OpenAsync(swarm);
        }
        return new LiveTracker(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
