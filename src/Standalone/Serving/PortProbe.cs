using System.Net;
using System.Net.Sockets;

namespace Distribution.Standalone.Serving;

/// <summary>Looks before the start whether the ports are free, so that all that are taken are told at once and nothing half starts.</summary>
internal static class PortProbe
{
    /// <summary>A line for each port that is taken.</summary>
    public static async Task<IReadOnlyList<string>> FindTakenAsync(ServeOptions options, CancellationToken stop)
    {
        var taken = new List<string>();
        foreach (Uri url in options.Urls)
        {
            foreach (IPAddress address in await AddressesAsync(url, stop))
                Try(SocketType.Stream, new IPEndPoint(address, url.Port), ServeSetting.Urls, taken);
        }
        if (options.TrackerUdpPort > 0)
            Try(SocketType.Dgram, Everywhere(options.TrackerUdpPort), ServeSetting.TrackerUdp, taken);
        if (options.EdgePort > 0)
            Try(SocketType.Stream, Everywhere(options.EdgePort), ServeSetting.EdgePort, taken);
        if (options.EdgePort > 0 && options.EdgeUtp)
            Try(SocketType.Dgram, Everywhere(options.EdgePort), ServeSetting.EdgePort, taken);
        return taken;
    }

    private static IPEndPoint Everywhere(int port) =>
        new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);

    private static async Task<IPAddress[]> AddressesAsync(Uri url, CancellationToken stop)
    {
        if (IPAddress.TryParse(url.IdnHost, out IPAddress? address))
            return [address];
        // Kestrel listens at every address for a name other than this one.
        return url.IsLoopback ? await Dns.GetHostAddressesAsync(url.IdnHost, stop) : [Everywhere(0).Address];
    }

    private static void Try(SocketType type, IPEndPoint endpoint, ServeSetting setting, List<string> taken)
    {
        using var socket = new Socket(
            endpoint.AddressFamily,
            type,
            type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp
        );
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endpoint);
            if (type == SocketType.Stream)
                socket.Listen(1);
        }
        catch (SocketException fault)
        {
            string why = fault.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "is in use",
                SocketError.AccessDenied => "may not be used by this user",
                SocketError.AddressNotAvailable => "is no address of this machine",
                _ => $"cannot be used ({fault.Message})",
            };
            taken.Add($"{setting.Option}: {endpoint} {why}.");
        }
    }
}
