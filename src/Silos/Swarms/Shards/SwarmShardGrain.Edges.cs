using System.Net;
using Distribution.BitTorrent;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Swarms.Networks;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>What the edges' fleet asks of the swarms.</summary>
internal sealed partial class SwarmShardGrain
{
    public async ValueTask<IReadOnlyList<IReadOnlyList<IPEndPoint>?>> AttachEdgesAsync(
        IReadOnlyList<InfoHash> swarms,
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    )
    {
        // Side by side: those that are not known here yet ask their grains.
        return await Task.WhenAll(
            swarms.Select(swarm => AttachEdgeAsync(swarm, nodeId, endpoints, leaseSeconds).AsTask())
        );
    }

    public Task<IReadOnlyList<SwarmActivity>> ListActiveAsync()
    {
        // There only where the operator has given one.
        GeoDatabases? geo = ServiceProvider.GetService<GeoDatabases>();
        lock (_shard.Gate)
            return Task.FromResult<IReadOnlyList<SwarmActivity>>(
                _shard.Active(geo is null ? null : address => CountryOf(geo, address))
            );
    }

    private static string CountryOf(GeoDatabases geo, IPAddress address)
    {
        ushort country = geo.Find(address).Country;
        return country == 0 ? "" : $"{(char)(country >> 8)}{(char)(country & 0xFF)}";
    }
}
