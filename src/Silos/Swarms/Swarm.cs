using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Traffic;

namespace Distribution.Silos.Swarms;

/// <summary>
/// One open swarm: its peers, its edges, and what it answers. Plain state without I/O; whoever owns it calls it from one thread at a
/// time and books announces in the ledger first.
/// </summary>
public sealed class Swarm
{
    public const int DefaultNumWant = 50;
    public const int MaxNumWant = 200;
    private const int MaxDial = 200;
    private const int SweepSeconds = 15;

    private readonly PeerTable _peers = new();
    private readonly Dictionary<string, SwarmEdge> _edges = [];
    private readonly SwarmCensus _census;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private long _sweepAt;
    private SwarmCounts _reported;

    /// <param name="completed">Downloads finished so far.</param>
    public Swarm(SwarmDefinition definition, long completed, SwarmCensus census, TimeProvider clock, Random random)
    {
        Definition = definition;
        Completed = completed;
        _census = census;
        _clock = clock;
        _random = random;
    }

    public SwarmDefinition Definition { get; private set; }

    /// <summary>Downloads finished since publication.</summary>
    public long Completed { get; private set; }

    /// <summary>A new policy, or another file of the same content, which has accounts of its own.</summary>
    public void Follow(SwarmDefinition definition, long completed)
    {
        if (definition.FileId != Definition.FileId)
        {
            Completed = completed;
            foreach (Peer peer in _peers.Peers)
                peer.Viewer = null;
        }
        Definition = definition;
    }

    /// <summary>The wanted number of peers within bounds.</summary>
    /// <param name="numWant">Null or negative: the client leaves it to us.</param>
    public static int ClampNumWant(int? numWant) =>
        numWant is null or < 0 ? DefaultNumWant : Math.Min(numWant.Value, MaxNumWant);

    /// <summary>The viewer as booked last; null where this id or its present address is new, so that it must be booked again.</summary>
    public BookedViewer? KnownViewer(PeerId peerId, IPAddress address)
    {
        if (_peers.Find(peerId) is not { } peer)
            return null;
        PeerEndpoint? at = address.AddressFamily == AddressFamily.InterNetworkV6 ? peer.IPv6 : peer.IPv4;
        return at is not null && at.Endpoint.Address.Equals(address) ? peer.Viewer : null;
    }

    /// <summary>Takes an announce that is booked and answers it.</summary>
    /// <param name="viewer">As the ledger holds it now.</param>
    public AnnounceReply Announce(SwarmAnnounce announce, in BookedViewer viewer)
    {
        long now = Sweep();
        Completed = Math.Max(Completed, viewer.FileCompleted);
        if (AddressScopes.ScopeOf(announce.Endpoint.Address) == AddressScope.Unusable)
            return AnnounceReply.Refused("your address cannot be used by peers");
        if (announce.Event == AnnounceEvent.Stopped)
        {
            if (_peers.Find(announce.PeerId) is { } leaving)
                _peers.Remove(leaving, now);
            return Reply(AnnounceInterval.SecondsFor(_peers.Count, isSeed: true, 0), []);
        }

        Peer peer = _peers.Place(announce.PeerId, announce.Endpoint, long.MaxValue);
        peer.Viewer = viewer;
        peer.IsPartialSeed = announce.Event == AnnounceEvent.Paused;
        bool knowsSize = viewer.Session.Phase == ViewerPhase.Counted && announce.LeftBytes >= 0;
        peer.HeldBytes = Math.Max(
            knowsSize ? Math.Max(0, Definition.SizeBytes - announce.LeftBytes) : 0,
            viewer.WitnessedBytes
        );
        if (announce.LeftBytes == 0 && !MayAwaitMetadata(announce.PeerId, viewer.Session))
            _peers.SetComplete(peer, true);
        else
        {
            if (announce.LeftBytes == 0)
                peer.HeldBytes = viewer.WitnessedBytes;
            _peers.SetComplete(peer, false);
        }

        int interval = AnnounceInterval.SecondsFor(_peers.Count, peer.IsComplete, _random.NextDouble());
        PeerEndpoint at = announce.Endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? peer.IPv6! : peer.IPv4!;
        at.ExpiresAt = now + AnnounceInterval.ExpirySecondsFor(interval);
        int numWant = ClampNumWant(announce.NumWant);
        return Reply(
            interval,
            numWant == 0
                ? []
                : PeerSelection.Select(_peers, _edges.Values, Definition.Policy, peer, at, numWant, now, _random)
        );
    }

    /// <summary>
    /// What an edge saw: who holds the file whole is a seed, whatever it announced last. Answers it by viewer, for the ledger.
    /// </summary>
    /// <remarks>
    /// libtorrent 2.0 shows each connection a peer id of its own, and the tracker another: who is at an endpoint is the one that announced
    /// it. Its progress goes on over all its connections.
    /// </remarks>
    public IReadOnlyList<WitnessedProgress> Witness(IReadOnlyList<PeerProgress> progress)
    {
        var witnessed = new List<WitnessedProgress>(progress.Count);
        foreach (PeerProgress one in progress)
        {
            if (!WitnessedProgress.TryParse(one, out WitnessedProgress seen))
                continue;
            Peer? peer =
                _peers.Find(seen.PeerId)
                ?? (
                    one.ListenPort is > 0 and <= 65535 ? _peers.At(new IPEndPoint(seen.Address, one.ListenPort)) : null
                );
            if (peer is not null)
            {
                long first = Math.Min(peer.FirstWitnessedBytes ?? long.MaxValue, one.FirstHaveBytes);
                peer.FirstWitnessedBytes = first;
                peer.HeldBytes = Math.Max(peer.HeldBytes, Math.Min(one.HaveBytes, Definition.SizeBytes));
                seen = seen with { PeerId = peer.Id, GainedBytes = Math.Max(0, one.HaveBytes - first) };
                if (one.HaveBytes >= Definition.SizeBytes && ReferenceEquals(_peers.Find(peer.Id), peer))
                    _peers.SetComplete(peer, true);
            }
            witnessed.Add(seen);
        }
        Report();
        return witnessed;
    }

    /// <summary>An edge seeds this swarm for <paramref name="leaseSeconds"/>; 0: it leaves. Answers whom it should connect to.</summary>
    public IReadOnlyList<IPEndPoint> AttachEdge(string nodeId, IReadOnlyList<IPEndPoint> endpoints, int leaseSeconds)
    {
        long now = Sweep();
        if (leaseSeconds <= 0)
            _edges.Remove(nodeId);
        else
            _edges[nodeId] = new SwarmEdge(endpoints, _clock.GetUtcNow().AddSeconds(leaseSeconds));
        Report();
        return leaseSeconds <= 0 ? [] : DialList(endpoints, now);
    }

    public ScrapeCounts Scrape()
    {
        Sweep();
        return new ScrapeCounts(_peers.Seeds + _edges.Count, _peers.Leechers, Completed);
    }

    public SwarmSnapshot Snapshot(TrafficRates rates)
    {
        Sweep();
        double copies = _edges.Count + _peers.Seeds;
        if (Definition.SizeBytes > 0)
            copies += _peers
                .Peers.Where(static peer => !peer.IsComplete)
                .Sum(peer => (double)peer.HeldBytes / Definition.SizeBytes);
        return new SwarmSnapshot(
            _peers.Seeds,
            _peers.Leechers,
            _edges.Count,
            Completed,
            copies,
            rates.WebSeedBytesPerSecond,
            rates.EdgeBytesPerSecond,
            rates.PeerBytesPerSecond
        );
    }

    /// <summary>Everybody is gone: the swarm closes, or its owner does.</summary>
    public void Clear()
    {
        _peers.Clear();
        _edges.Clear();
        Report();
    }

    private static bool MayAwaitMetadata(PeerId peerId, in ViewerSession session) =>
        session.Phase == ViewerPhase.AwaitsMetadata
        || (ClientQuirks.SaysZeroBeforeMetadata(peerId) && session is { CreditBytes: 0, Completed: false });

    private List<IPEndPoint> DialList(IReadOnlyList<IPEndPoint> edge, long now)
    {
        var dial = new List<IPEndPoint>();
        var seen = new HashSet<Peer>();
        foreach (
            AddressFamily family in (ReadOnlySpan<AddressFamily>)
                [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]
        )
        {
            AddressScope[] scopes =
            [
                .. edge.Where(endpoint => endpoint.AddressFamily == family)
                    .Select(static endpoint => AddressScopes.ScopeOf(endpoint.Address)),
            ];
            PeerList leechers = _peers.LeechersOf(family);
            for (int i = 0; scopes.Length > 0 && i < leechers.Count && dial.Count < MaxDial; i++)
            {
                PeerEndpoint viewer = leechers.Draw(i, _random);
                if (
                    viewer.ExpiresAt > now
                    && !viewer.Peer.IsPartialSeed
                    && scopes.Any(scope => AddressScopes.CanDial(scope, viewer.Scope))
                    && seen.Add(viewer.Peer)
                )
                    dial.Add(viewer.Endpoint);
            }
        }
        return dial;
    }

    private AnnounceReply Reply(int intervalSeconds, IReadOnlyList<SwarmPeer> peers)
    {
        Report();
        return new AnnounceReply(
            null,
            intervalSeconds,
            AnnounceInterval.MinSecondsFor(intervalSeconds),
            _peers.Seeds + _edges.Count,
            _peers.Leechers,
            peers
        );
    }

    private long Sweep()
    {
        DateTimeOffset time = _clock.GetUtcNow();
        foreach ((string nodeId, SwarmEdge edge) in _edges)
        {
            if (edge.ExpiresAt <= time)
                _edges.Remove(nodeId);
        }
        long now = time.ToUnixTimeSeconds();
        if (now >= _sweepAt)
        {
            _sweepAt = now + SweepSeconds;
            _peers.Expire(now);
        }
        return now;
    }

    private void Report()
    {
        var counts = new SwarmCounts(_peers.Seeds, _peers.Leechers, _edges.Count);
        _census.Move(_reported, counts);
        _reported = counts;
    }
}
