using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Distribution.Silos.Announces.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>
/// The WebSocket tracker, at the address of the HTTP one: the signalling protocol of WebTorrent. A browser's address is the connection's. It
/// is open to pages of any origin, as a tracker is; nothing here looks at cookies.
/// </summary>
internal sealed class BrowserTracker(
    BrowserSockets sockets,
    IBrowserSwarms swarms,
    IBrowserRelay relay,
    IAnnounceHandler scrapes,
    BrowserTrackerOptions options,
    RequestLimits limits,
    IHostApplicationLifetime lifetime,
    TimeProvider clock
)
{
    /// <summary>For a browser that never takes our last words.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Takes a request to open a socket, and lives as long as that.</summary>
    public async Task AcceptAsync(HttpContext context)
    {
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (address is null)
        {
            // A proxy's header cannot be read.
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        if (limits.Take(address.GetAddressBytes(), RequestCost.Socket, RequestTransport.WebSocket) is > 0 and int wait)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            return;
        }
        if (!sockets.TryReserve(address))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }
        try
        {
            var accepting = new WebSocketAcceptContext
            {
                KeepAliveInterval = options.PingInterval,
                KeepAliveTimeout = options.PingInterval,
            };
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(accepting);
            await ServeAsync(socket, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, context);
        }
        finally
        {
            sockets.Release(address);
        }
    }

    private async Task ServeAsync(WebSocket webSocket, IPAddress address, HttpContext context)
    {
        using BrowserSocket socket = sockets.Add(webSocket);
        using var lastWords = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Task sending = socket.SendQueuedAsync(lastWords.Token);
        try
        {
            await using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.UnsafeRegister(
                static ending =>
                    ((BrowserSocket)ending!).End(WebSocketCloseStatus.EndpointUnavailable, "the tracker stops"),
                socket
            );
            using var messages = new BrowserMessages(webSocket, options.MaxMessageBytes, clock);
            await new BrowserSession(
                socket,
                messages,
                address,
                swarms,
                relay,
                scrapes,
                options,
                limits,
                clock
            ).RunAsync();
        }
        finally
        {
            sockets.Remove(socket);
            socket.End(WebSocketCloseStatus.NormalClosure, null);
            lastWords.CancelAfter(EndTimeout);
            await sending;
        }
    }
}
