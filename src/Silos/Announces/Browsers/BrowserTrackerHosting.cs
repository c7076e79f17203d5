using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>Composes the WebSocket tracker.</summary>
internal static class BrowserTrackerHosting
{
    public static void AddBrowserTracker(this IServiceCollection services, BrowserTrackerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<BrowserSockets>();
        services.AddSingleton<IBrowserRelay, BrowserRelay>();
        services.AddSingleton<IBrowserSwarms, GrainBrowserSwarms>();
        services.AddSingleton<BrowserTracker>();
    }

    /// <summary>Requests to open a socket go to the WebSocket tracker, all others to <paramref name="http"/>.</summary>
    public static IEndpointConventionBuilder MapAnnounce(
        this IEndpointRouteBuilder endpoints,
        string path,
        RequestDelegate http
    )
    {
        BrowserTracker browsers = endpoints.ServiceProvider.GetRequiredService<BrowserTracker>();
        IApplicationBuilder pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(context => context.WebSockets.IsWebSocketRequest ? browsers.AcceptAsync(context) : http(context));
        // Over HTTP/2 a socket is opened by CONNECT (RFC 8441).
        return endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Connect], pipeline.Build());
    }
}
