using Distribution.Contracts.Links;
using Distribution.Standalone.CommandLine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

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
        await using WebApplication app = Build(options, configuration);
        try
        {
            await app.StartAsync(stop);
        }
        catch (IOException fault)
        {
            // Kestrel's own words name the address that it could not have.
            return Complaint.Fail(fault.Message);
        }
        await AnnounceAsync(app, options, stop);
        await app.WaitForShutdownAsync(stop);
        return ExitStatus.Done;
    }

    private static WebApplication Build(ServeOptions options, IConfiguration configuration)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            // The pages' files lie beside the program, wherever it is started from.
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Configuration.AddConfiguration(configuration);
        builder.AddProgramLogging();
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls([.. options.Urls.Select(url => url.GetLeftPart(UriPartial.Authority))]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new PublicUrls(options.PublicBaseUrl));
        builder.Services.AddServeHealth();
        builder.AddServeTelemetry();

        WebApplication app = builder.Build();
        app.UseRequestDraining();
        app.MapServeHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
        return app;
    }

    /// <summary>Once ready, says so on standard output, with a way in.</summary>
    private static async Task AnnounceAsync(WebApplication app, ServeOptions options, CancellationToken stop)
    {
        HealthCheckService health = app.Services.GetRequiredService<HealthCheckService>();
        while ((await health.CheckHealthAsync(stop)).Status != HealthStatus.Healthy)
            await Task.Delay(ReadyPollInterval, stop);
        string portal = options.PublicBaseUrl.AbsoluteUri.TrimEnd('/');
        Console.Out.WriteLine($"Distribution is ready at {portal}");
    }
}
