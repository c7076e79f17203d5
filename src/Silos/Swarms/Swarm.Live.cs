using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Traffic;

namespace Distribution.Silos.Swarms;

/// <summary>What people see of it. Put together from the tables when it is asked for: announces do nothing for it.</summary>
public sealed partial class Swarm
{
    public SwarmLive Live(TrafficRates rates)
    {
        SwarmSnapshot now = Snapshot(rates);
        var tenths = new int[SwarmLive.Tenths];
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            if (_peers.OfFamily(isIPv6) is { Leechers: > 0 } family)
                CountTenths(family, tenths);
        }
        foreach (int share in _browsers?.LeechersShares ?? [])
            tenths[TenthOf(share)]++;
        return new SwarmLive(now, _browsers?.Count ?? 0, tenths, _clock.GetUtcNow());
    }

    private static void CountTenths(FamilyPeers family, int[] tenths)
    {
        int step = 1 + (family.Leechers - 1) / SwarmLive.MostLookedAt;
        for (int position = 0; position < family.Leechers; position += step)
        {
            ref readonly PeerRecord peer = ref family[position];
            // Of a peer in both families the IPv4 record says what it holds.
            if (!(peer.IsDual && family.IsIPv6))
                tenths[TenthOf(peer.HeldShare)]++;
        }
    }

    private static int TenthOf(int share) => (int)((long)share * SwarmLive.Tenths / SwarmPeers.WholeShare);
}
