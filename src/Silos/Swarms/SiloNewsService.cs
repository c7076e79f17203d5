using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Swarms;

/// <summary>One on each silo; <see cref="SiloNews"/> calls them.</summary>
internal sealed class SiloNewsService(
    GrainId id,
    Silo silo,
    ILoggerFactory loggerFactory,
    OpenSwarms openSwarms,
    Ledger ledger,
    RecentTraffic traffic,
    PeerSwitches switches
) : GrainService(id, silo, loggerFactory), ISiloNews
{
    public Task FollowSwarmsAsync() => Task.WhenAll(openSwarms.FollowAsync(ledger), switches.FollowAsync());

    public Task<TrafficRates> ReadTrafficAsync(InfoHash infoHash) => Task.FromResult(traffic.RatesOf(infoHash));
}
