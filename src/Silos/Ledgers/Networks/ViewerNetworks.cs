using System.Net;
using Distribution.Silos.Swarms.Networks;

namespace Distribution.Silos.Ledgers.Networks;

/// <summary>
/// Which autonomous system and country bytes are booked under. The address is looked up and not kept. Without a geo database nothing is known,
/// and nothing more is written.
/// </summary>
public sealed class ViewerNetworks
{
    private readonly INetworkSource? _source;

    internal ViewerNetworks(INetworkSource? source) => _source = source;

    internal bool AreKnown => _source is not null;

    internal NetworkFacts Find(IPAddress address) => _source?.Find(address) ?? NetworkFacts.Unknown;
}
