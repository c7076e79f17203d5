using System.Net;
using System.Net.Sockets;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Serving;

/// <summary>
/// Where viewers reach the built-in edge. Its heartbeats come from this very machine, so that their source address says nothing: it
/// has to name its endpoints.
/// </summary>
internal static class EdgeAddresses
{
    public static async Task<Answer<IReadOnlyList<IPEndPoint>>> FindAsync(ServeOptions options, CancellationToken stop)
    {
        if (options.EdgeEndpoints.Count > 0)
            return new Answer<IReadOnlyList<IPEndPoint>>(options.EdgeEndpoints);
        string host = options.PublicBaseUrl.IdnHost;
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, stop);
            return new Answer<IReadOnlyList<IPEndPoint>>([
                .. addresses.Distinct().Select(address => new IPEndPoint(address, options.EdgePort)),
            ]);
        }
        catch (SocketException fault)
        {
            return new Failure(
                $"--edge-endpoint: the public host \"{host}\" has no address ({fault.Message}); name one, or give --edge-port 0."
            );
        }
    }
}
