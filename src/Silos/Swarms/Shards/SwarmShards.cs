using System.Buffers.Binary;
using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>Which shard a swarm belongs to. The number of shards is the same for all silos of a cluster, and for its life.</summary>
internal sealed class SwarmShards(IGrainFactory grains, int count)
{
    private readonly ISwarmShardGrain[] _shards =
    [
        .. Enumerable.Range(0, count).Select(number => grains.GetGrain<ISwarmShardGrain>(number)),
    ];

    public int Count => _shards.Length;

    public ISwarmShardGrain this[int number] => _shards[number];

    public int NumberOf(in InfoHash infoHash) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(infoHash.AsSpan()) % (uint)_shards.Length);

    public ISwarmShardGrain Of(in InfoHash infoHash) => _shards[NumberOf(infoHash)];
}
