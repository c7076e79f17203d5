using System.Runtime.CompilerServices;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Traffic;

namespace Distribution.Silos.Swarms;

/// <summary>What people see of it. Put together from the tables when it is asked for: announces do nothing for it.</summary>
public sealed partial class Swarm
{
    /// <summary>As many as most clients ask for.</summary>
    private const int NamedToEach = 50;

    /// <summary>Of each address family.</summary>
    private const int ReceiversTried = 32;

    public SwarmSnapshot Snapshot(TrafficRates rates)
    {
        Touch();
        Report();
        return new SwarmSnapshot(
            Seeds,
            Leechers,
            EdgeCount,
            Completed,
            EdgeCount + Seeds + _peers.LeechersCopies + (_browsers?.LeechersCopies ?? 0),
            rates.WebSeedBytesPerSecond,
            rates.EdgeBytesPerSecond,
            rates.PeerBytesPerSecond
        );
    }

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
        return new SwarmLive(now, _browsers?.Count ?? 0, tenths, NearShare(), _clock.GetUtcNow());
    }

    /// <summary>Chooses for some who download as the tracker would now. The same swarm gives the same answer, so that nothing flickers.</summary>
    [SkipLocalsInit]
    private double? NearShare()
    {
        if (Policy == PeerPolicy.Off)
            return null;
        Span<byte> unread = stackalloc byte[NamedToEach * CompactPeers.IPv6Bytes];
        var told = new ToldPeers(sample: 1);
        var random = new Random(0);
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            if (_peers.OfFamily(isIPv6) is not { Leechers: > 0 } family)
                continue;
            int step = 1 + (family.Leechers - 1) / ReceiversTried;
            for (int position = 0; position < family.Leechers; position += step)
            {
                Receiver receiver = _selection.ReceiverOf(
                    family,
                    position,
                    wantsPieces: !family[position].Flags.HasFlag(PeerFlags.PartialSeed),
                    family.AddressAt(position),
                    Policy,
                    random
                );
                _selection.Try(receiver, told).Write(NamedToEach, unread);
            }
        }
        long far = told.Of(Nearness.Other);
        long all = Enum.GetValues<Nearness>().Sum(told.Of);
        return all == 0 ? null : Math.Round((double)(all - far) / all, 2);
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
