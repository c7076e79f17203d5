using System.Net;

namespace Distribution.Silos.Swarms.Networks;

/// <summary>Knows which network an address belongs to. Any thread; never throws.</summary>
internal interface INetworkSource
{
    /// <summary><see cref="NetworkFacts.Unknown"/> where it does not know.</summary>
    NetworkFacts Find(IPAddress address);
}
