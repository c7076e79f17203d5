using System.Net;
using Distribution.Silos.Swarms.Networks;

namespace Distribution.Silos.Tests.Swarms.Networks;

/// <summary>A geo database as a function of an address's bytes.</summary>
internal sealed class TableOfNetworks(Func<byte[], NetworkFacts> find) : INetworkSource
{
    public NetworkFacts Find(IPAddress address) => find(address.GetAddressBytes());
}
