using System.Net;
using System.Net.Sockets;
using Distribution.Contracts.Networks;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>The viewers that an edge should connect to: who wants pieces, and is in its reach.</summary>
internal static class DialList
{
    private const int MaxDial = 200;

    /// <summary>Looks at no more leechers than this, of each family.</summary>
    private const int MaxLooks = 4096;

    /// <param name="edge">Where the edge is reached itself: says which networks it is in.</param>
    /// <param name="now">Unix time in seconds.</param>
    public static List<IPEndPoint> Of(SwarmPeers peers, IReadOnlyList<IPEndPoint> edge, uint now, Random random)
    {
        var dial = new List<IPEndPoint>();
        var seen = new HashSet<BitTorrent.PeerId>();
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            AddressFamily family = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            AddressScope[] scopes =
            [
                .. edge.Where(endpoint => endpoint.AddressFamily == family)
                    .Select(static endpoint => AddressScopes.ScopeOf(endpoint.Address)),
            ];
            if (scopes.Length == 0 || peers.OfFamily(isIPv6) is not { Leechers: > 0 } viewers)
                continue;
            int position = random.Next(viewers.Leechers);
            int stride = PeerSample.StrideFor(viewers.Leechers, random);
            for (int looks = Math.Min(viewers.Leechers, MaxLooks); looks > 0 && dial.Count < MaxDial; looks--)
            {
                ref readonly PeerRecord viewer = ref viewers[position];
                AddressScope scope = viewers.ScopeAt(position);
                if (
                    viewer.ExpiresAt > now
                    && !viewer.IsPartialSeed
                    && scopes.Any(one => AddressScopes.CanDial(one, scope))
                    && seen.Add(viewer.Id)
                )
                    dial.Add(WireEndpoint.Read(viewers.EndpointAt(position)));
                position = (int)(((long)position + stride) % viewers.Leechers);
            }
        }
        return dial;
    }
}
