using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Distribution.Contracts.Access;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Links;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Limits;
using Distribution.Dashboard.Webhooks;
using Distribution.Silos.Accounts;
using Distribution.Silos.State;
using Distribution.Silos.Webhooks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Orleans.Configuration;

namespace Distribution.Dashboard.Tests.Hosting;

/// <summary>The portal on a real Kestrel with a silo in the same process, on ports that the system picks.</summary>
public sealed class PortalHost : IAsyncLifetime
{
    /// <summary>Few, so that a test reaches it.</summary>
    public const int MaxLiveViewersPerFile = 3;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"portal-{Guid.NewGuid():N}");
    private WebApplication? _app;

    /// <summary>Of all files together.</summary>
    public int MaxLiveViewers { get; init; } = 1000;

    /// <summary>The tests sign in dozens of times a minute, all from one address.</summary>
    public RateLimitOptions RateLimits { get; init; } = new() { SignInBurst = 10_000 };

    /// <summary>They go to receivers of the tests, on this machine.</summary>
    public WebhookOptions Webhooks { get; init; } =
        new() { AllowPrivateAddresses = true, LookEvery = TimeSpan.FromMilliseconds(100) };

    public PublisherStore Store { get; } = new();

    public string KeysFolder => Path.Combine(_folder, "keys");

    public string BaseUrl { get; private set; } = "";

    public string ApiKey { get; private set; } = "";

    public string EdgeKey { get; private set; } = "";

    public ISignInLinks SignInLinks => _app!.Services.GetRequiredService<ISignInLinks>();

    public async ValueTask InitializeAsync()
    {
        // The silo wants its ports told: another process may take a free one first.
        for (int attempt = 1; ; attempt++)
        {
            _app = Build();
            try
            {
                await _app.StartAsync();
                break;
            }
            catch (Exception) when (attempt < 5)
            {
                await _app.DisposeAsync();
            }
        }
        BaseUrl = Address(_app.Services);
        ApiKey = (await File.ReadAllTextAsync(Path.Combine(KeysFolder, "api.key"))).Trim();
        EdgeKey = (await File.ReadAllTextAsync(Path.Combine(KeysFolder, "edge.key"))).Trim();
    }

    /// <summary>Follows no redirects and keeps no cookies.</summary>
    /// <param name="key">For the Authorization header; null: none.</param>
    public HttpClient Client(string? key = null, CookieContainer? cookies = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = cookies is not null,
            CookieContainer = cookies ?? new CookieContainer(),
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri(BaseUrl) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public Task StopAsync() => _app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(Store);
        builder.Services.AddSingleton(provider => new PublicUrls(new Uri(Address(provider))));
        StateDatabase database = StateDatabase.Open(Path.Combine(_folder, $"state-{Guid.NewGuid():N}.db"));
        builder.Services.AddSingleton(_ => database);
        builder.Services.AddAccounts();
        builder.Services.AddWebhooks();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            // Of the silos' grains the accounts' alone: the others are the test's own.
            silo.Services.PostConfigure<GrainTypeOptions>(grains =>
                grains.Classes.RemoveWhere(grain =>
                    grain.Assembly == typeof(StateDatabase).Assembly
                    && grain.Namespace != typeof(AccountTable).Namespace
                    && grain.Namespace != typeof(WebhookTable).Namespace
                )
            );
        });
        builder.AddDashboard(
            new DashboardOptions
            {
                KeysFolder = KeysFolder,
                Contracts = ContractCatalogue.Load([ContractCatalogue.BuiltInFolder], out _),
                MaxLiveViewersPerFile = MaxLiveViewersPerFile,
                MaxLiveViewers = MaxLiveViewers,
                RateLimits = RateLimits,
                Webhooks = Webhooks,
            }
        );
        WebApplication app = builder.Build();
        app.MapDashboard();
        // As other parts of the system map theirs.
        app.MapPost("/api/v1/edge/{node}/heartbeat", () => "booked").RequireAuthorization(AccessPolicies.Edge);
        app.MapMethods(
                "/webseed/{id}/{**path}",
                ["HEAD"],
                (string id, HttpContext context) =>
                {
                    context.Response.ContentLength = Store.Files[id].SizeBytes;
                }
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
        app.MapPost("/api/v1/uploads", () => "created").RequireAuthorization(AccessPolicies.Upload);
        return app;
    }

    private static string Address(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
