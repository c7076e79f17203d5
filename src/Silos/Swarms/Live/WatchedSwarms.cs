using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Swarms.Live;

/// <summary>
/// Who watches which swarms of a shard, and what they were shown last. A watcher that does not come back before its lease ends is forgotten: it
/// may be dead. Plain state without I/O; one thread at a time.
/// </summary>
internal sealed class WatchedSwarms
{
    /// <summary>Of one swarm: there is one a process. More are answered, but not told of changes.</summary>
    public const int MostWatchers = 64;

    private readonly Dictionary<InfoHash, Watched> _swarms = new(InfoHashBytes.Comparer);

    /// <summary>Of all swarms.</summary>
    public int Watchers { get; private set; }

    public IReadOnlyCollection<InfoHash> InfoHashes => _swarms.Keys;

    /// <param name="state">What the watcher is told now.</param>
    public void Watch(in InfoHash infoHash, ISwarmWatcher watcher, SwarmLive state, DateTimeOffset until)
    {
        if (!_swarms.TryGetValue(infoHash, out Watched? swarm))
            _swarms[infoHash] = swarm = new Watched(state);
        if (!swarm.Until.ContainsKey(watcher))
        {
            if (swarm.Until.Count >= MostWatchers)
                return;
            Watchers++;
        }
        swarm.Until[watcher] = until;
    }

    /// <summary>Whom a state is news to; they count as told. Nobody where it says what they know.</summary>
    public IReadOnlyCollection<ISwarmWatcher> Tell(in InfoHash infoHash, SwarmLive state)
    {
        if (!_swarms.TryGetValue(infoHash, out Watched? swarm) || swarm.Told.SaysTheSameAs(state))
            return [];
        swarm.Told = state;
        return swarm.Until.Keys;
    }

    public void Expire(DateTimeOffset time)
    {
        foreach ((InfoHash infoHash, Watched swarm) in _swarms)
        {
            foreach ((ISwarmWatcher watcher, DateTimeOffset until) in swarm.Until)
            {
                if (until > time)
                    continue;
                swarm.Until.Remove(watcher);
                Watchers--;
            }
            if (swarm.Until.Count == 0)
                _swarms.Remove(infoHash);
        }
    }

    public void Clear()
    {
        _swarms.Clear();
        Watchers = 0;
    }

    private sealed class Watched(SwarmLive told)
    {
        public SwarmLive Told { get; set; } = told;

        public Dictionary<ISwarmWatcher, DateTimeOffset> Until { get; } = [];
    }
}
