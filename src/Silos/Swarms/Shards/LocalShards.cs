namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// The shards whose grains are active on this silo. A front end here works on their tables in place, under the shard's gate, where a call to the
/// grain would cost more than the announce itself; the grain stays the owner, and its calls take the same gate.
/// </summary>
internal sealed class LocalShards(int count)
{
    private readonly SwarmShard?[] _shards = new SwarmShard?[count];

    /// <summary>Null: the shard's grain is elsewhere, or nowhere yet.</summary>
    public SwarmShard? Find(int number) => Volatile.Read(ref _shards[number]);

    public void Add(int number, SwarmShard shard) => Volatile.Write(ref _shards[number], shard);

    public void Remove(int number, SwarmShard shard) => Interlocked.CompareExchange(ref _shards[number], null, shard);
}
