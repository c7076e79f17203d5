using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Silos.Edges.Rates;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>
/// All nodes as they are now, and what each is given. Plain state without I/O; its owner calls it from one thread at a time.
/// </summary>
internal sealed class EdgeFleet(TimeProvider clock)
{
    /// <summary>A node that was silent for so long is no longer shown, unless it is enrolled.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(10);

    /// <summary>From so many leechers on a node that takes a swarm fetches it whole at once.</summary>
    private const int HotLeechers = 20;

    private readonly Dictionary<string, FleetMember> _members = [];
    private readonly Dictionary<InfoHash, Sustainability> _sustained = [];
    private readonly UploadShares _shares = new();
    private Dictionary<string, HashSet<InfoHash>> _plan = [];
    private Dictionary<InfoHash, SwarmActivity> _active = [];
    private IReadOnlyList<PublishedFile>? _files;
    private string _plannedFor = "";

    public IEnumerable<FleetMember> Members => _members.Values;

    /// <summary>What viewers do matters only where there is a choice.</summary>
    public bool NeedsActivity(FleetState state) =>
        _members.Values.Any(static member => member.CapacityBytesPerSecond > 0) || Candidates(state).Count > 1;

    /// <summary>Whether some node's uplink is all used, so that it matters who gets how much.</summary>
    public bool NeedsRates => _members.Values.Any(static member => UploadShares.IsBusy(member));

    public FleetMember? Find(string nodeId) => _members.GetValueOrDefault(nodeId);

    /// <summary>Takes in what a node says, and answers what it is to seed.</summary>
    /// <param name="active">Swarms with leechers; empty where <see cref="NeedsActivity"/> is false.</param>
    /// <param name="peerRates">Of each active swarm what peers bring each other, bytes a second.</param>
    public FleetOrder Report(
        FleetReport report,
        FleetState state,
        IReadOnlyList<PublishedFile> files,
        IReadOnlyList<SwarmActivity> active,
        Func<InfoHash, long> peerRates
    )
    {
        DateTimeOffset now = clock.GetUtcNow();
        Forget(now);
        bool isNew = !_members.TryGetValue(report.NodeId, out FleetMember? member);
        if (report.Heartbeat.Leaving)
        {
            Remove(report.NodeId);
            return new FleetOrder(false, false, []);
        }
        if (isNew)
            _members[report.NodeId] = member = new FleetMember(report.NodeId);
        member!.Hear(report, now);
        _active = active.ToDictionary(static swarm => swarm.InfoHash);
        Look(now);
        Follow(state, files);

        bool drains = state.Find(report.NodeId)?.State == EdgeNodeState.Draining;
        HashSet<InfoHash> given = drains ? [] : [.. _plan.GetValueOrDefault(report.NodeId) ?? []];
        List<InfoHash> lingering = member.Assign(
            given,
            infoHash => IsTakenFrom(member, infoHash),
            now,
            drains ? null : TimeSpan.FromSeconds(EdgeSchedule.LingerSeconds)
        );
        IReadOnlyDictionary<InfoHash, long> limits = _shares.For(
            member,
            _active,
            infoHash => PartOf(member, infoHash, peerRates(infoHash))
        );
        return new FleetOrder(
            false,
            isNew,
            [
                .. given.Select(infoHash => new SwarmOrder(
                    infoHash,
                    IsListed: true,
                    IsHot: _active.TryGetValue(infoHash, out SwarmActivity? swarm) && swarm.Leechers >= HotLeechers,
                    limits.GetValueOrDefault(infoHash)
                )),
                .. lingering.Select(infoHash => new SwarmOrder(
                    infoHash,
                    IsListed: false,
                    IsHot: false,
                    limits.GetValueOrDefault(infoHash)
                )),
            ]
        );
    }

    /// <summary>Whether whoever is to have the swarm instead seeds it already; true too where nobody is to.</summary>
    private bool IsTakenFrom(FleetMember loser, InfoHash infoHash)
    {
        bool isTaken = true;
        foreach ((string nodeId, HashSet<InfoHash> given) in _plan)
        {
            if (nodeId == loser.NodeId || !given.Contains(infoHash))
                continue;
            if (Find(nodeId)?.Swarms.GetValueOrDefault(infoHash) is { IsConfirmed: true })
                return true;
            isTaken = false;
        }
        return isTaken;
    }

    /// <summary>What peers bring each other goes back to the nodes by what each of them sends.</summary>
    private long PartOf(FleetMember member, InfoHash infoHash, long peerBytesPerSecond)
    {
        long all = _members.Values.Sum(one => one.Swarms.GetValueOrDefault(infoHash)?.BytesPerSecond ?? 0);
        long own = member.Swarms.GetValueOrDefault(infoHash)?.BytesPerSecond ?? 0;
        return all == 0 ? 0 : (long)((double)peerBytesPerSecond * own / all);
    }

    public FleetNode Describe(string nodeId, FleetState state)
    {
        EnrolledNode? enrolled = state.Find(nodeId);
        FleetMember? member = Find(nodeId);
        var node = new FleetNode
        {
            NodeId = nodeId,
            State = enrolled?.State ?? EdgeNodeState.Active,
            IsEnrolled = enrolled?.KeyDigest is not null,
        };
        return member is null
            ? node
            : node with
            {
                IsAlive = clock.GetUtcNow() - member.HeardAt < TimeSpan.FromSeconds(EdgeSchedule.LeaseSeconds),
                LastHeard = member.HeardAt,
                Region = member.Region,
                CapacityBytesPerSecond = member.CapacityBytesPerSecond,
                UploadBytesPerSecond = member.UploadBytesPerSecond,
                Connections = member.Last!.Connections,
                CacheBytes = member.Last.CacheBytes,
                CacheLimitBytes = member.Last.CacheLimitBytes,
                Swarms = member.Swarms.Values.Count(static swarm => swarm.IsAssigned),
                SwarmsWithViewers = member.Swarms.Values.Count(static swarm =>
                    swarm.IsAssigned && swarm.Connections > 0
                ),
                Endpoints = member.Endpoints,
            };
    }

    private List<PlannedNode> Candidates(FleetState state)
    {
        DateTimeOffset heardSince = clock.GetUtcNow().AddSeconds(-EdgeSchedule.SuspectSeconds);
        return
        [
            .. _members
                .Values.Where(member =>
                    member.HeardAt >= heardSince
                    && (state.Find(member.NodeId)?.State ?? EdgeNodeState.Active) == EdgeNodeState.Active
                )
                .OrderBy(static member => member.NodeId, StringComparer.Ordinal)
                .Select(static member => new PlannedNode(
                    member.NodeId,
                    member.Region,
                    member.CapacityBytesPerSecond,
                    member.CachedBytesOf
                )),
        ];
    }

    /// <summary>A plan is made anew when something that it rests on has changed, not when a cache fills.</summary>
    private void Follow(FleetState state, IReadOnlyList<PublishedFile> files)
    {
        List<PlannedNode> nodes = Candidates(state);
        string plannedFor = string.Join(
            '\n',
            nodes
                .Select(static node => $"{node.NodeId} {node.Region} {node.CapacityBytesPerSecond}")
                .Concat(
                    nodes.Count < 2
                        ? []
                        : _active.Values.Select(swarm =>
                            $"{swarm.InfoHash} {FleetPlanner.NodesFor(Planned(swarm.InfoHash, 0))} {swarm.Country}"
                        )
                )
        );
        if (plannedFor == _plannedFor && ReferenceEquals(files, _files))
            return;
        _plannedFor = plannedFor;
        _files = files;
        _plan = FleetPlanner.Plan(
            nodes,
            files
                .DistinctBy(static file => file.Content!.InfoHash)
                .Select(file => Planned(file.Content!.InfoHash, file.SizeBytes))
        );
    }

    private PlannedSwarm Planned(InfoHash infoHash, long sizeBytes)
    {
        SwarmActivity? swarm = _active.GetValueOrDefault(infoHash);
        return new PlannedSwarm(
            infoHash,
            sizeBytes,
            swarm?.Leechers ?? 0,
            swarm?.Country ?? "",
            _sustained.TryGetValue(infoHash, out Sustainability? sustained) && sustained.PeersSustainIt
        );
    }

    private void Look(DateTimeOffset now)
    {
        foreach (InfoHash asleep in _sustained.Keys.Where(infoHash => !_active.ContainsKey(infoHash)).ToList())
            _sustained.Remove(asleep);
        foreach (InfoHash infoHash in _active.Keys)
        {
            int copies = 0;
            foreach (FleetMember member in _members.Values)
            {
                if (member.Swarms.TryGetValue(infoHash, out NodeSwarm? seen) && seen.Connections > 0)
                    copies = Math.Max(copies, seen.PeerCopies);
            }
            if (!_sustained.TryGetValue(infoHash, out Sustainability? sustained))
                _sustained[infoHash] = sustained = new Sustainability();
            sustained.Look(copies, now);
        }
    }

    private void Remove(string nodeId)
    {
        _members.Remove(nodeId);
        _shares.Forget(nodeId);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach ((string nodeId, FleetMember member) in _members)
        {
            if (now - member.HeardAt > ForgetAfter)
                Remove(nodeId);
        }
    }
}
