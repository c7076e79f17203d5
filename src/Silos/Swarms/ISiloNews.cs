using Distribution.BitTorrent;
using Distribution.Silos.Traffic;
using Orleans.Services;

namespace Distribution.Silos.Swarms;

/// <summary>What silos of a cluster ask one another about what each keeps in memory.</summary>
internal interface ISiloNews : IGrainService
{
    /// <summary>Swarms were opened or closed, or peers switched off or on: returns once this silo's front ends know.</summary>
    Task FollowSwarmsAsync();

    /// <summary>What this silo has booked of a swarm lately.</summary>
    Task<TrafficRates> ReadTrafficAsync(InfoHash infoHash);
}
