namespace Distribution.Silos.Swarms;

/// <summary>Its part in keeping the silo's tables within their bound.</summary>
public sealed partial class Swarm
{
    /// <summary>An announce so long after the last one is no repetition.</summary>
    private const int ComesBackAfterSeconds = AnnounceInterval.ShortestSeconds / 2;

    /// <summary>Lets go of its least useful peers; answers how many.</summary>
    internal int Evict(int count)
    {
        int evicted = 0;
        while (evicted < count && _peers.EvictLeastUseful(_random))
            evicted++;
        Report();
        return evicted;
    }

    private void MakeRoomFor(in PackedAnnounce announce)
    {
        if (_budget.MustMakeRoom(_peers.Records) && !_peers.IsHere(announce.PeerId, announce.Endpoint))
            _peers.EvictLeastUseful(_random);
    }
}
