using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Distribution.BitTorrent;
using Distribution.Contracts.Access;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Reports;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Hosting;
using Distribution.Silos.State;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distribution.Silos.Tests.Hosting;

/// <summary>A whole silo on a real database, behind a real Kestrel on a port of the system's choice.</summary>
internal sealed class SiloHost : IAsyncDisposable
{
    public const string EdgeKey = "edge-key";
    public const long Size = 1_000_000;

    private readonly WebApplication _app;
    private bool _isDisposed;

    private SiloHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    public StateDatabase Database => _app.Services.GetRequiredService<StateDatabase>();

    public IPEndPoint UdpEndpoint =>
        new(IPAddress.Loopback, _app.Services.GetRequiredService<UdpTrackerService>().Endpoint!.Port);

    public static Task<SiloHost> StartAsync(string statePath, BrowserTrackerOptions? browsers = null) =>
        StartAsync(
            new SiloOptions
            {
                StatePath = statePath,
                UdpPort = -1,
                Browsers = browsers ?? new BrowserTrackerOptions(),
            }
        );

    /// <param name="replace">Puts other parts in the place of the silo's.</param>
    public static async Task<SiloHost> StartAsync(SiloOptions options, Action<IServiceCollection>? replace = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(new PublicUrls(new Uri("http://media.example")));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, KeyHandler>("test", null);
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Edge, static policy => policy.RequireAuthenticatedUser())
            .AddPolicy(AccessPolicies.Operate, static policy => policy.RequireAuthenticatedUser());
        builder.AddSilo(options);
        replace?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSilo();
        await app.StartAsync();
        return new SiloHost(app);
    }

    /// <summary>A file that is published, with the info-hash of its id.</summary>
    /// <param name="infoHashV2">Set: as a hybrid.</param>
    public async Task<PublishedFile> PublishAsync(string fileId, string? content = null, InfoHashV2? infoHashV2 = null)
    {
        IPublishedFileGrain grain = Grains.GetGrain<IPublishedFileGrain>(fileId);
        await grain.CreateAsync(Files.FileLifeTests.NewFile(fileId) with { SizeBytes = Size });
        return await grain.PublishAsync(
            new FileContent(LedgerHarness.HashOf(content ?? fileId), 65536, 16, new string('0', 64), infoHashV2)
        );
    }

    public Task<SavingsReport> ReportAsync(string? fileId = null) =>
        Grains
            .GetGrain<IReportGrain>(0)
            .GetAsync(
                new ReportQuery(
                    Publishers.Default,
                    fileId,
                    DateTimeOffset.UnixEpoch,
                    new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    ReportBucketSize.Hour
                )
            );

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class KeyHandler(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder,
        IGrainFactory grains
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string shown = Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
            if (shown == EdgeKey)
                return Success([]);
            string? node = await grains.GetGrain<IFleetGrain>(0).FindNodeAsync(EdgeNodeKey.DigestOf(shown));
            return node is null ? AuthenticateResult.NoResult() : Success([new Claim(EdgeNodeClaim.Name, node)]);
        }

        private static AuthenticateResult Success(IReadOnlyList<Claim> claims) =>
            AuthenticateResult.Success(
                new AuthenticationTicket(
                    new ClaimsPrincipal(new ClaimsIdentity(claims, authenticationType: "test")),
                    "test"
                )
            );
    }
}
