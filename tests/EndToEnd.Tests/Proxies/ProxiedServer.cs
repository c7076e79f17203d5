using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Proxies;

/// <summary>A server that trusts the proxy at 127.0.0.2 and no other, whose links name a port for nginx, with a published video and ways to ask it from both sides.</summary>
public sealed class ProxiedServer : IAsyncLifetime
{
    public const string Collection = "proxied server";

    private static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.2");

    internal DistributionServer Server { get; private set; } = null!;

    /// <summary>What links name.</summary>
    internal int PublicPort { get; } = Ports.Free();

    internal PublishedVideo Video { get; private set; } = null!;

    /// <summary>One connection, from the proxy's address.</summary>
    internal HttpClient ByProxy { get; private set; } = null!;

    /// <summary>One connection, from an address that is no proxy's.</summary>
    internal HttpClient ByOther { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await DistributionServer.StartAsync(
            new ServerSettings
            {
                WithEdge = false,
                MoreArguments =
                [
                    "--trusted-proxy",
                    "127.0.0.2/32,fd00::/8",
                    "--public-host",
                    string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PublicPort}"),
                    "--tracker-limit",
                    "1",
                ],
            }
        );
        Video = await Server.PublishAsync((await Videos.OfAsync(8)).Path);
        ByProxy = Client(Proxy);
        ByOther = Client(IPAddress.Loopback);
    }

    public async ValueTask DisposeAsync()
    {
        ByProxy?.Dispose();
        ByOther?.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
    }

    /// <summary>A connection from an address of this machine.</summary>
    internal static async ValueTask<Socket> ConnectAsync(IPAddress from, int port, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What makes requests from the proxy's address.</summary>
    internal SocketsHttpHandler Handler(IPAddress? from = null) =>
        new()
        {
            MaxConnectionsPerServer = 1,
            ConnectCallback = async (_, stop) =>
                new NetworkStream(await ConnectAsync(from ?? Proxy, Server.Port, stop), ownsSocket: true),
        };

    private HttpClient Client(IPAddress from) => new(Handler(from)) { BaseAddress = Server.Url };
}

[CollectionDefinition(ProxiedServer.Collection)]
public sealed class ProxiedServerCollection : ICollectionFixture<ProxiedServer>;
