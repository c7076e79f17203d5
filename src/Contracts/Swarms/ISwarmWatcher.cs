using Distribution.BitTorrent;
using Orleans.Concurrency;

namespace Distribution.Contracts.Swarms;

/// <summary>Hears how watched swarms change (<see cref="ISwarmGrain.WatchAsync"/>). One for each process is enough, for all its swarms.</summary>
public interface ISwarmWatcher : IGrainObserver
{
    /// <summary>The swarm is now so. May be lost, and may come after the lease's end.</summary>
    [OneWay]
    Task ShowAsync(InfoHash infoHash, SwarmLive state);
}
