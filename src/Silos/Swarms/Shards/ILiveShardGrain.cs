using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>What a shard does for those who watch its swarms; the same grain as <see cref="ISwarmShardGrain"/> of its number.</summary>
internal interface ILiveShardGrain : IGrainWithIntegerKey
{
    /// <summary>Null for a swarm that is not open.</summary>
    ValueTask<SwarmLive?> ReadLiveAsync(InfoHash infoHash);

    /// <inheritdoc cref="ISwarmGrain.WatchAsync"/>
    ValueTask<SwarmLive?> WatchAsync(InfoHash infoHash, ISwarmWatcher watcher, int leaseSeconds);
}
