using System.Net;
using Distribution.Contracts.Proxies;
using Microsoft.Extensions.Primitives;

namespace Distribution.Standalone.Serving.Proxies;

/// <summary>
/// Gives requests that come through a trusted proxy their viewer's address and scheme, before anything else looks at them. Nobody's address
/// stands where a proxy's header cannot be read: the tracker refuses such a request, the web seed serves it.
/// </summary>
internal static class ProxiedRequests
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string Forwarded = "Forwarded";

    /// <summary>First of all middleware.</summary>
    public static void UseTrustedProxies(this WebApplication app, TrustedProxies proxies)
    {
        if (proxies.IsEmpty)
            return;
        app.Use(
            (HttpContext context, RequestDelegate next) =>
            {
                if (context.Connection.RemoteIpAddress is { } connection && proxies.Include(connection))
                    Read(context, connection, proxies);
                return next(context);
            }
        );
    }

    private static void Read(HttpContext context, IPAddress connection, TrustedProxies proxies)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string?[] plain = headers[ForwardedFor].ToArray();
        string?[] standard = headers[Forwarded].ToArray();
        if (plain.Length > 0 || standard.Length > 0)
        {
            context.Connection.RemoteIpAddress = proxies.TryFindViewer(
                connection,
                plain,
                standard,
                out IPAddress? viewer
            )
                ? viewer
                : null;
            // It was the proxy's.
            context.Connection.RemotePort = 0;
        }
        // For cookies and for where a sign-in leads. Links name what the settings say.
        StringValues scheme = headers[ForwardedProto];
        if (scheme.Count == 1 && scheme[0] is "http" or "https")
            context.Request.Scheme = scheme[0]!;
    }
}
