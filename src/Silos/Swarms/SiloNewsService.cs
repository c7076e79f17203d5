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
    RecentTraffic traffic
) : GrainService(id, silo, loggerFactory), ISiloNews
{
    public Task FollowSwarmsAsync() => openSwarms.FollowAsync(ledger);

    public Task<TrafficRates> ReadTrafficAsync(InfoHash infoHash) => Task.FromResult(traffic.RatesOf(infoHash));
}
