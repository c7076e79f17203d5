using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// The swarms of one shard. Plain state without I/O. Who touches it, or a swarm of it, holds its <see cref="Gate"/>, and no longer than that:
/// its grain, and front ends on the same silo.
/// </summary>
/// <param name="selection">Its own: whoever holds the gate uses it.</param>
internal sealed class SwarmShard(
    SwarmCensus silo,
    PeerBudget budget,
    TimeProvider clock,
    Random random,
    SwarmSelection selection
)
{
    /// <summary>A sweep comes by everybody within so many ticks.</summary>
    private const int TicksPerSweep = 15;
    private const int LeastPerTick = 1024;

    /// <summary>Then it looks what other shards did meanwhile.</summary>
    private const int EvictedAtOnce = 256;

    private readonly SwarmCensus _census = new(silo);
    private readonly SwarmIndex _byInfoHash = new();
    private readonly List<Swarm> _swarms = [];
    private int _sweepAt;
    private bool _isGone;

    public Lock Gate { get; } = new();

    public int Count => _swarms.Count;

    /// <summary>Edges come back within seconds, viewers with their next announce.</summary>
    public bool HasViewers => _census.Total is not { Seeders: 0, Leechers: 0 };

    /// <summary>Null: not open, or not known yet.</summary>
    public Swarm? Find(in InfoHash infoHash) => _byInfoHash.Find(infoHash);

    /// <summary>For <see cref="AnnouncesAhead"/>, without the gate: only to peek.</summary>
    public SwarmIndex Index => _byInfoHash;

    public Swarm Open(OpenSwarm swarm)
    {
        InfoHash infoHash = swarm.Definition.InfoHash;
        if (Find(infoHash) is { } open)
        {
            open.Follow(swarm.Definition, swarm.Completed);
            return open;
        }
        open = new Swarm(swarm.Definition, swarm.Completed, _census, budget, clock, random, selection)
        {
            ShardPlace = _swarms.Count,
        };
        _byInfoHash.Add(open);
        _swarms.Add(open);
        return open;
    }

    public void Close(in InfoHash infoHash)
    {
        if (_byInfoHash.Remove(infoHash) is not { } closed)
            return;
        closed.Clear();
        Swarm last = _swarms[^1];
        _swarms.RemoveAt(_swarms.Count - 1);
        if (!ReferenceEquals(last, closed))
        {
            _swarms[closed.ShardPlace] = last;
            last.ShardPlace = closed.ShardPlace;
        }
    }

    /// <summary>
    /// Answers one announce; <see cref="AnnounceOutcome.Deferred"/> where it must be booked first, null where the swarm is not known here.
    /// </summary>
    /// <inheritdoc cref="Swarm.TryAnnounce"/>
    public AnnounceOutcome? TryAnnounce(
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    )
    {
        if (Find(announce.InfoHash) is { } swarm)
            return swarm.TryAnnounce(announce, time, reply, out replyBytes);
        replyBytes = 0;
        return null;
    }

    /// <summary>Answers one that was booked.</summary>
    /// <param name="viewer">Null: the ledger does not know the file.</param>
    public AnnounceOutcome AnnounceBooked(
        in PackedAnnounce announce,
        in BookedViewer? viewer,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    )
    {
        replyBytes = 0;
        // Its peers are kept elsewhere by now; the client asks again.
        if (_isGone)
            return AnnounceOutcome.Unavailable;
        // It may have been closed meanwhile.
        if (viewer is { } booked && Find(announce.InfoHash) is { } swarm)
            return swarm.Announce(announce, booked, time, reply, out replyBytes);
        return AnnounceOutcome.Unregistered;
    }

    /// <summary>The swarms that have leechers.</summary>
    /// <inheritdoc cref="Swarm.Activity"/>
    public List<SwarmActivity> Active(Func<IPAddress, string>? countryOf)
    {
        var active = new List<SwarmActivity>();
        // Mostly there are none.
        if (_census.Total.Leechers == 0)
            return active;
        foreach (Swarm swarm in _swarms)
        {
            if (swarm.Activity(countryOf) is { } one)
                active.Add(one);
        }
        return active;
    }

    /// <summary>Lets go of silent peers and edges, a stretch at each tick.</summary>
    public void Sweep()
    {
        DateTimeOffset time = clock.GetUtcNow();
        MakeRoom();
        SwarmCounts all = _census.Total;
        long wanted = (all.Seeders + all.Leechers + _swarms.Count) / TicksPerSweep;
        int budget = (int)Math.Clamp(wanted, LeastPerTick, int.MaxValue);
        for (int swarms = _swarms.Count; swarms > 0 && budget > 0; swarms--)
        {
            if (_sweepAt >= _swarms.Count)
                _sweepAt = 0;
            Swarm swarm = _swarms[_sweepAt];
            int records = swarm.Records;
            int looked = swarm.Sweep(time, budget);
            budget -= looked + 1;
            // A large one goes on at the next tick where this one stopped.
            if (looked >= records)
                _sweepAt++;
            else
                break;
        }
    }

    /// <summary>Where the silo has too many peers, this shard's largest swarms give what it has above its share.</summary>
    private void MakeRoom()
    {
        if (budget.Excess <= 0)
            return;
        int records = _swarms.Sum(static swarm => swarm.Records);
        foreach (Swarm swarm in _swarms.OrderByDescending(static swarm => swarm.Records))
        {
            while (budget.Excess > 0 && records > budget.FairShare && swarm.Records > 0)
            {
                int wanted = (int)Math.Min(budget.Excess, Math.Min(EvictedAtOnce, records - budget.FairShare));
                records -= swarm.Evict(wanted);
            }
        }
    }

    /// <summary>The owner goes: its peers are no longer counted here, and nobody is answered from here any more.</summary>
    public void Clear()
    {
        _isGone = true;
        selection.Close();
        foreach (Swarm swarm in _swarms)
            swarm.Clear();
        _swarms.Clear();
        _byInfoHash.Clear();
    }
}
