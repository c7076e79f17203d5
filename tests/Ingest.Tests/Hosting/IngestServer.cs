using System.Net.Http.Headers;
using Distribution.Contracts.Links;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Sends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A real Kestrel with the ingest on it, on a port of the system's choice.</summary>
internal sealed class IngestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IngestServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestKeys.Publisher);
        Client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
    }

    public Uri Address { get; }

    /// <summary>With the publisher's key and the tus version.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Sent of a torrent, of all kinds and to everybody, as counted by now.</summary>
    public long BytesCounted(string infoHash) =>
        Services
            .GetRequiredService<WebSeedSends>()
            .Journal.Snapshot()
            .Where(counter => counter.InfoHash == infoHash)
            .Sum(counter => counter.BytesSent);

    public const string PublicBase = "https://public.example";

    public static async Task<IngestServer> StartAsync(
        IGrainFactory grains,
        string folder,
        Func<IngestOptions, IngestOptions>? change = null,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        string url = "http://127.0.0.1:0"
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("INGEST_TESTS_LOG") == "1")
            builder.Logging.AddConsole();
        builder.WebHost.UseUrls(url);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(grains);
        builder.Services.AddSingleton(new PublicUrls(new Uri(PublicBase)));
        TestKeys.Add(builder.Services);
        var options = new IngestOptions
        {
            Content = ContentLocation.InFolder(Path.Combine(folder, "content")),
            SendJournalPath = Path.Combine(folder, "sends.journal"),
            MinFreeDiskBytes = 0,
        };
        builder.AddIngest(change?.Invoke(options) ?? options);
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        map?.Invoke(app);
        app.MapIngest();
        await app.StartAsync();
        return new IngestServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
