using System.Net;

namespace Distribution.Silos.Swarms.Networks;

/// <summary>
/// Gives each network that peers are in, an autonomous system within a country, a number of 16 bits, so that a peer's costs two bytes and two are compared at once. A number
/// stays what it is when a newer database is read. Any thread.
/// </summary>
internal sealed class PeerNetworks(INetworkSource source)
{
    /// <summary>Looked up, and not known.</summary>
    public const ushort Unknown = 1;

    private const int First = Unknown + 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<NetworkFacts, ushort> _numbers = [];
    private readonly NetworkFacts[] _facts = new NetworkFacts[ushort.MaxValue + 1];

    /// <summary>The network's number, never 0; <see cref="Unknown"/> too for whoever comes when all numbers are given.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    public ushort Find(ReadOnlySpan<byte> address)
    {
        NetworkFacts facts = source.Find(new IPAddress(address));
        if (facts == NetworkFacts.Unknown)
            return Unknown;
        lock (_gate)
        {
            if (_numbers.TryGetValue(facts, out ushort known))
                return known;
            if (First + _numbers.Count > ushort.MaxValue)
                return Unknown;
            ushort number = (ushort)(First + _numbers.Count);
            _facts[number] = facts;
            _numbers.Add(facts, number);
            return number;
        }
    }

    /// <summary>Whether its number stands for an autonomous system, and not for a country alone.</summary>
    public bool HasSystem(ushort network) => _facts[network].System != 0;

    /// <summary>0: not known.</summary>
    public ushort CountryOf(ushort network) => _facts[network].Country;
}
