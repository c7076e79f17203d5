using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.Contracts.Networks;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>
/// Viewers that told us they are complete before an edge had seen it. Edges dial them once more: one handshake and bitfield confirm the rest.
/// One thread at a time.
/// </summary>
internal sealed class UnconfirmedSeeds
{
    /// <summary>The oldest give way.</summary>
    private const int MaxSeeds = 256;

    /// <summary>Who could not be reached for so long is left alone.</summary>
    private const uint TrySeconds = 300;

    private readonly Queue<(PeerId Id, uint Since)> _seeds = new();

    public void Add(in PeerId id, uint now)
    {
        if (_seeds.Count == MaxSeeds)
            _seeds.Dequeue();
        _seeds.Enqueue((id, now));
    }

    /// <summary>Adds those that are here, in reach of the edge and still not confirmed; the others are forgotten.</summary>
    /// <param name="edge">Where the edge is reached itself.</param>
    /// <param name="now">Unix time in seconds.</param>
    public void AddTo(List<IPEndPoint> dial, SwarmPeers peers, IReadOnlyList<IPEndPoint> edge, long sizeBytes, uint now)
    {
        for (int looks = _seeds.Count; looks > 0; looks--)
        {
            (PeerId Id, uint Since) seed = _seeds.Dequeue();
            if (
                now - seed.Since > TrySeconds
                || peers.Find(seed.Id) is not var (family, position)
                || peers.WitnessOf(seed.Id).MostBytes >= sizeBytes
            )
                continue;
            _seeds.Enqueue(seed);
            AddressFamily wanted = family.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            AddressScope scope = family.ScopeAt(position);
            if (
                edge.Any(one =>
                    one.AddressFamily == wanted && AddressScopes.CanDial(AddressScopes.ScopeOf(one.Address), scope)
                )
            )
                dial.Add(WireEndpoint.Read(family.EndpointAt(position)));
        }
    }
}
