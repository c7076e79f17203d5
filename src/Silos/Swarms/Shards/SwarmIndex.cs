using System.Runtime.CompilerServices;
using Distribution.BitTorrent;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// A shard's swarms by info-hash: open addressing, one array that is replaced as a whole. One thread at a time changes it; meanwhile any thread may
/// <see cref="Peek"/>.
/// </summary>
internal sealed class SwarmIndex
{
    private const int FewestPlaces = 16;

    /// <summary>A peek gives up beyond: it is only a guess.</summary>
    private const int MostPeeked = 8;

    /// <summary>A power of two, at most half full.</summary>
    private Place[] _places = new Place[FewestPlaces];

    public int Count { get; private set; }

    public Swarm? Find(in InfoHash infoHash)
    {
        Place[] places = _places;
        ulong hash = HashOf(infoHash);
        for (ulong at = hash; ; at++)
        {
            ref Place place = ref places[(int)at & (places.Length - 1)];
            if (place.Swarm is not { } swarm)
                return null;
            if (place.Hash == hash && swarm.InfoHash.AsSpan().SequenceEqual(infoHash.AsSpan()))
                return swarm;
        }
    }

    /// <summary>Asks for the memory that <see cref="Peek"/> will look at.</summary>
    public void AskFor(in InfoHash infoHash)
    {
        Place[] places = _places;
        CacheLines.Ask(ref places[(int)HashOf(infoHash) & (places.Length - 1)]);
    }

    /// <summary>What <see cref="Find"/> would likely say. Any thread, without looking at the swarm: while there are changes it may be another, or null.</summary>
    public Swarm? Peek(in InfoHash infoHash)
    {
        Place[] places = _places;
        ulong hash = HashOf(infoHash);
        for (ulong at = hash; at != hash + MostPeeked; at++)
        {
            ref Place place = ref places[(int)at & (places.Length - 1)];
            Swarm? swarm = place.Swarm;
            if (swarm is null || place.Hash == hash)
                return swarm;
        }
        return null;
    }

    /// <summary>None of its info-hash may be here.</summary>
    public void Add(Swarm swarm)
    {
        if (2 * (Count + 1) > _places.Length)
        {
            Place[] former = _places;
            var wider = new Place[2 * former.Length];
            foreach (ref Place place in former.AsSpan())
            {
                if (place.Swarm is not null)
                    Put(wider, place);
            }
            Volatile.Write(ref _places, wider);
        }
        Put(_places, new Place { Hash = HashOf(swarm.InfoHash), Swarm = swarm });
        Count++;
    }

    /// <summary>Answers it; null: it is not here.</summary>
    public Swarm? Remove(in InfoHash infoHash)
    {
        if (Find(infoHash) is not { } removed)
            return null;
        Place[] places = _places;
        int mask = places.Length - 1;
        int gap = (int)HashOf(infoHash) & mask;
        while (!ReferenceEquals(places[gap].Swarm, removed))
            gap = (gap + 1) & mask;
        // Those that were pushed beyond it move back, so that no gap breaks a search.
        for (int at = (gap + 1) & mask; places[at].Swarm is not null; at = (at + 1) & mask)
        {
            if (((at - (int)places[at].Hash) & mask) < ((at - gap) & mask))
                continue;
            places[gap] = places[at];
            gap = at;
        }
        places[gap] = default;
        Count--;
        return removed;
    }

    public void Clear()
    {
        Volatile.Write(ref _places, new Place[FewestPlaces]);
        Count = 0;
    }

    private static void Put(Place[] places, in Place place)
    {
        int at = (int)place.Hash & (places.Length - 1);
        while (places[at].Swarm is not null)
            at = (at + 1) & (places.Length - 1);
        places[at] = place;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashOf(in InfoHash infoHash) => PeerHash.Of(infoHash.AsSpan());

    private struct Place
    {
        public ulong Hash;
        public Swarm? Swarm;
    }
}
