using System.Collections.Concurrent;
using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Traffic;

/// <summary>
/// What the ledger took in during the last minute, per swarm and second, for people to look at. In memory: after a restart it starts
/// empty, and each silo knows what it booked itself.
/// </summary>
public sealed class RecentTraffic(TimeProvider clock)
{
    private const int WindowSeconds = 60;
    private const int OwnWindowSeconds = 10;
    private const int MaxSwarms = 100_000;

    private readonly ConcurrentDictionary<InfoHash, Swarm> _swarms = new();
    private long _forgetAt;

    public void Add(IReadOnlyList<LedgerDelta> deltas)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (now >= Volatile.Read(ref _forgetAt))
        {
            Volatile.Write(ref _forgetAt, now + WindowSeconds);
            Forget(now);
        }
        foreach (LedgerDelta delta in deltas)
        {
            if (delta.IsEmpty)
                continue;
            if (_swarms.Count >= MaxSwarms)
                Forget(now);
            Swarm swarm = _swarms.GetOrAdd(delta.InfoHash, static _ => new Swarm());
            lock (swarm)
            {
                ref Second second = ref swarm.Seconds[now % WindowSeconds];
                if (second.At != now)
                    second = new Second { At = now };
                second.WebSeed += delta.WebSeedBytes + delta.DirectBytes;
                second.Edge += delta.EdgeBytes;
                second.Delivered += delta.HighBytes;
                swarm.LastAt = now;
            }
        }
    }

    /// <summary>Bytes a second: our own senders over ten seconds, peers over a minute.</summary>
    public TrafficRates RatesOf(InfoHash infoHash)
    {
        if (!_swarms.TryGetValue(infoHash, out Swarm? swarm))
            return default;
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        long webSeed = 0;
        long edge = 0;
        long peers = 0;
        lock (swarm)
        {
            foreach (ref readonly Second second in swarm.Seconds.AsSpan())
            {
                if (second.At <= now - WindowSeconds)
                    continue;
                peers += second.Delivered - second.WebSeed - second.Edge;
                if (second.At <= now - OwnWindowSeconds)
                    continue;
                webSeed += second.WebSeed;
                edge += second.Edge;
            }
        }
        return new TrafficRates(
            webSeed / OwnWindowSeconds,
            edge / OwnWindowSeconds,
            Math.Max(0, peers) / WindowSeconds
        );
    }

    private void Forget(long now)
    {
        foreach ((InfoHash infoHash, Swarm swarm) in _swarms)
        {
            if (Volatile.Read(ref swarm.LastAt) <= now - WindowSeconds)
                _swarms.TryRemove(infoHash, out _);
        }
    }

    private struct Second
    {
        public long At;
        public long WebSeed;
        public long Edge;
        public long Delivered;
    }

    private sealed class Swarm
    {
        public readonly Second[] Seconds = new Second[WindowSeconds];
        public long LastAt;
    }
}
