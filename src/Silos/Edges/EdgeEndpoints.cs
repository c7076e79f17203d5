using System.Net;
using Distribution.Contracts.Edges;

namespace Distribution.Silos.Edges;

/// <summary>Where viewers reach a node.</summary>
public static class EdgeEndpoints
{
    /// <summary>What the node says, or else where its heartbeat came from with its port. Empty: it cannot be reached.</summary>
    public static IReadOnlyList<IPEndPoint> Of(EdgeHeartbeat heartbeat, string sourceAddress)
    {
        var endpoints = new List<IPEndPoint>(heartbeat.Endpoints.Count);
        foreach (string text in heartbeat.Endpoints)
        {
            if (IPEndPoint.TryParse(text, out IPEndPoint? endpoint) && endpoint.Port > 0)
                endpoints.Add(Unmapped(endpoint.Address, endpoint.Port));
        }
        if (endpoints.Count == 0 && heartbeat.Port > 0 && IPAddress.TryParse(sourceAddress, out IPAddress? source))
            endpoints.Add(Unmapped(source, heartbeat.Port));
        return endpoints;
    }

    private static IPEndPoint Unmapped(IPAddress address, int port) =>
        new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
}
