using System.Net;
using Distribution.Contracts.PlainHttp;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>
/// The loops that answer plain requests before the web server sees them, one for each two processors, and which endpoints begin in them.
/// </summary>
internal sealed class PlainFront : IDisposable
{
    private const string UrlsKey = "urls";
    private const string EndpointsKey = "Kestrel:Endpoints";
    private const string HostsKey = "AllowedHosts";

    private readonly IConfiguration? _configuration;
    private readonly KestrelServerOptions _kestrel;
    private readonly Lazy<PlainLoop[]> _loops;

    public PlainFront(
        IEnumerable<IPlainHandler> handlers,
        IOptions<KestrelServerOptions> kestrel,
        ILoggerFactory loggers,
        TimeProvider clock,
        IConfiguration? configuration = null
    )
    {
        _configuration = configuration;
        _kestrel = kestrel.Value;
        ILogger logger = loggers.CreateLogger("Distribution.Ingest.Transport.Plain");
        _loops = new Lazy<PlainLoop[]>(() =>
            handlers.ToArray() is { Length: > 0 } all
                ? Enumerable
                    .Range(0, Math.Max(1, Environment.ProcessorCount / 2))
                    .Select(_ => PlainLoop.TryStart(all, clock, logger))
                    .OfType<PlainLoop>()
                    .ToArray()
                : []
        );
    }

    /// <summary>
    /// None: its connections are the web server's from the start. So it is where TLS may be spoken, and where the web server counts all
    /// connections, or filters hosts.
    /// </summary>
    public IReadOnlyList<PlainLoop> LoopsFor(IPEndPoint endpoint) =>
        _kestrel.Limits.MaxConcurrentConnections is null
        && _configuration?[HostsKey] is null or "" or "*"
        && IsPlain(endpoint.Port)
            ? _loops.Value
            : [];

    public void Dispose()
    {
        if (!_loops.IsValueCreated)
            return;
        foreach (PlainLoop loop in _loops.Value)
            loop.End();
    }

    /// <summary>The configured addresses are all there is, one with this port is http, and none is https.</summary>
    private bool IsPlain(int port)
    {
        if (_configuration?[UrlsKey] is not { } urls || _configuration.GetSection(EndpointsKey).Exists())
            return false;
        bool isPlain = false;
        foreach (string url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // As Kestrel reads it, which takes wildcards for a host.
            Microsoft.AspNetCore.Http.BindingAddress address;
            try
            {
                address = Microsoft.AspNetCore.Http.BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                return false;
            }
            if (address.Port != port)
                continue;
            if (!string.Equals(address.Scheme, "http", StringComparison.OrdinalIgnoreCase))
                return false;
            isPlain = true;
        }
        return isPlain;
    }
}
