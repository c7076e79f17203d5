using Distribution.BitTorrent;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Distribution.Silos.Swarms;

/// <summary>
/// Calls the other silos of the cluster about what each keeps in memory. One that does not answer within two seconds is left out: it reads
/// the ledger by itself, or is dead. Alone it calls nobody.
/// </summary>
internal sealed partial class SiloNews(
    IServiceProvider services,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    RecentTraffic traffic,
    ILogger<SiloNews> logger
) : GrainServiceClient<ISiloNews>(services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Swarms were opened or closed, or peers switched off or on; returns once the front ends of all silos know.</summary>
    public Task TellSwarmsChangedAsync() => Task.WhenAll(Others().Select(TellAsync));

    /// <summary>What all silos have booked of a swarm lately.</summary>
    public async Task<TrafficRates> ReadTrafficAsync(InfoHash infoHash)
    {
        TrafficRates[] others = await Task.WhenAll(Others().Select(silo => ReadTrafficAsync(silo, infoHash)));
        return others.Aggregate(
            traffic.RatesOf(infoHash),
            static (sum, one) =>
                new TrafficRates(
                    sum.WebSeedBytesPerSecond + one.WebSeedBytesPerSecond,
                    sum.EdgeBytesPerSecond + one.EdgeBytesPerSecond,
                    sum.PeerBytesPerSecond + one.PeerBytesPerSecond
                )
        );
    }

    private IEnumerable<SiloAddress> Others() =>
        membership
            .CurrentSnapshot.Members.Values.Where(member =>
                member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress)
            )
            .Select(static member => member.SiloAddress);

    private async Task TellAsync(SiloAddress silo)
    {
        try
        {
            await GetGrainService(silo).FollowSwarmsAsync().WaitAsync(Patience);
        }
#pragma warning disable CA1031 // whatever it is, that silo reads the ledger by itself
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogSilent(fault, silo);
        }
    }

    private async Task<TrafficRates> ReadTrafficAsync(SiloAddress silo, InfoHash infoHash)
    {
        try
        {
            return await GetGrainService(silo).ReadTrafficAsync(infoHash).WaitAsync(Patience);
        }
#pragma warning disable CA1031 // the figures are for people to look at: those of the others are better than none
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogSilent(fault, silo);
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo} did not answer.")]
    private partial void LogSilent(Exception fault, SiloAddress silo);
}
