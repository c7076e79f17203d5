using Distribution.BitTorrent;
using Distribution.Contracts.Edges;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>A node that was heard of, as it said of itself last. Soft: it says all again to a fleet that has forgotten it.</summary>
internal sealed class FleetMember(string nodeId)
{
    /// <summary>More than that are not kept of one node: it has no business with more.</summary>
    public const int MaxSwarms = 200_000;

    private readonly Dictionary<InfoHash, NodeSwarm> _swarms = [];

    public string NodeId { get; } = nodeId;

    public DateTimeOffset HeardAt { get; private set; }

    public EdgeHeartbeat? Last { get; private set; }

    public bool HasOwnKey { get; private set; }

    public long UploadBytesPerSecond { get; private set; }

    public IReadOnlyList<string> Endpoints { get; private set; } = [];

    public string Region => Last?.Region ?? "";

    public long CapacityBytesPerSecond => Last?.CapacityBytesPerSecond ?? 0;

    public IReadOnlyDictionary<InfoHash, NodeSwarm> Swarms => _swarms;

    public void Hear(FleetReport report, DateTimeOffset now)
    {
        double seconds = Last is null ? 0 : (now - HeardAt).TotalSeconds;
        HeardAt = now;
        Last = report.Heartbeat with { Sends = [], Progress = [], Swarms = [] };
        HasOwnKey = report.HasOwnKey;
        Endpoints = [.. report.Endpoints.Select(static endpoint => endpoint.ToString())];
        // What is not named is as it was, and has sent nothing since.
        foreach (NodeSwarm swarm in _swarms.Values)
        {
            swarm.BytesPerSecond = 0;
            swarm.IsConfirmed = swarm.IsAssigned;
        }
        foreach (EdgeSwarmLoad load in report.Heartbeat.Swarms)
        {
            if (!InfoHash.TryParse(load.InfoHash, null, out InfoHash infoHash))
                continue;
            if (!_swarms.TryGetValue(infoHash, out NodeSwarm? swarm))
            {
                if (_swarms.Count >= MaxSwarms)
                    continue;
                _swarms[infoHash] = swarm = new NodeSwarm { SentBytes = load.SentBytes };
            }
            swarm.CachedBytes = load.CachedBytes;
            swarm.Connections = load.Connections;
            swarm.PeerCopies = load.PeerCopies;
            long sent = load.SentBytes < swarm.SentBytes ? load.SentBytes : load.SentBytes - swarm.SentBytes;
            swarm.BytesPerSecond = seconds > 0 ? (long)(sent / seconds) : 0;
            swarm.SentBytes = load.SentBytes;
        }
        UploadBytesPerSecond = _swarms.Values.Sum(static swarm => swarm.BytesPerSecond);
    }

    public long CachedBytesOf(InfoHash infoHash) =>
        _swarms.TryGetValue(infoHash, out NodeSwarm? swarm) ? swarm.CachedBytes : 0;

    /// <summary>Notes what it is given, and answers what it goes on with although it is others' now.</summary>
    /// <param name="assigned">What it is to seed; what it has lost and nobody has taken over yet is put in.</param>
    /// <param name="isTaken">Whether another seeds the swarm by now, or nobody is going to.</param>
    /// <param name="longest">How long it may go on with what it has lost; null: as long as viewers are there.</param>
    public List<InfoHash> Assign(
        HashSet<InfoHash> assigned,
        Func<InfoHash, bool> isTaken,
        DateTimeOffset now,
        TimeSpan? longest
    )
    {
        foreach ((InfoHash infoHash, NodeSwarm swarm) in _swarms)
        {
            if (swarm.IsAssigned && swarm.LingersSince is null && !assigned.Contains(infoHash) && !isTaken(infoHash))
                assigned.Add(infoHash);
        }
        foreach (InfoHash infoHash in assigned)
        {
            if (!_swarms.TryGetValue(infoHash, out NodeSwarm? swarm))
                _swarms[infoHash] = swarm = new NodeSwarm();
            swarm.IsAssigned = true;
            swarm.LingersSince = null;
        }
        var lingering = new List<InfoHash>();
        foreach ((InfoHash infoHash, NodeSwarm swarm) in _swarms)
        {
            if (!swarm.IsAssigned || assigned.Contains(infoHash))
                continue;
            swarm.LingersSince ??= now;
            if (swarm.Connections > 0 && (longest is null || now - swarm.LingersSince < longest))
                lingering.Add(infoHash);
            else
            {
                swarm.IsAssigned = false;
                swarm.LingersSince = null;
                swarm.Connections = 0;
            }
        }
        return lingering;
    }
}
