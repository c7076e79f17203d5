namespace Distribution.Silos.Swarms;

/// <summary>
/// The records of peers in all swarms of a silo, against what there may be. Swarms are in shards with a gate each, so a swarm cannot take from
/// another at once: over the bound a large one takes from itself, a small one may grow for a moment, and the shards' next sweeps take
/// the excess from their largest. Any thread.
/// </summary>
/// <param name="shards">Over how many the silo's swarms are spread at most.</param>
internal sealed class PeerBudget(PeerTableOptions options, int shards)
{
    private long _used;

    /// <summary>Without a bound that matters.</summary>
    public static PeerBudget Unbounded =>
        new(new PeerTableOptions { MostPeers = int.MaxValue, MostPeersPerSwarm = int.MaxValue }, 1);

    public int MostPerSwarm => options.MostPeersPerSwarm;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Above the bound.</summary>
    public long Excess => Used - options.MostPeers;

    /// <summary>What a shard may hold whatever the others do: were all below it, the silo would be.</summary>
    public int FairShare => options.MostPeers / shards;

    /// <summary>A swarm that had so many records has so many now.</summary>
    public void Move(int from, int to)
    {
        if (from != to)
            Interlocked.Add(ref _used, to - from);
    }

    /// <summary>Whether a swarm has to let go of a peer before it takes another.</summary>
    /// <param name="records">As many as it has.</param>
    public bool MustMakeRoom(int records)
    {
        if (records >= MostPerSwarm)
            return true;
        long used = Used;
        return used >= options.MostPeers
            && (records >= FairShare || used >= options.MostPeers + options.MostPeers / 8L);
    }
}
