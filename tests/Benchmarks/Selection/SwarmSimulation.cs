using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Selection;

namespace Distribution.Selection;

/// <summary>
/// A flash crowd on one file, second by second, with the product's own swarm as its tracker. Viewers have upload capacities, unchoke by
/// tit for tat, ask for rare pieces, and stay a while as seeds. The network itself costs nothing and limits nothing.
/// </summary>
internal sealed class SwarmSimulation
{
    private const int PieceBytes = 256 << 10;
    private const long Size = (long)SimulatedPeer.Pieces * PieceBytes;
    private const int ArrivalSeconds = 300;
    private const int MostSeconds = 3000;
    private const int UnchokeSeconds = 10;
    private const int Slots = 4;
    private const int SeedSlots = 20;
    private const int SeedUpload = 40;
    private const int MeanStaySeconds = 60;
    private const int SnapshotSeconds = 60;

    private readonly Random _random;
    private readonly InternetPlan _internet = new();
    private readonly SimulationClock _clock = new();
    private readonly Swarm _swarm;
    private readonly List<SimulatedPeer> _viewers = [];
    private readonly List<SimulatedPeer> _here = [];
    private readonly Dictionary<IPEndPoint, SimulatedPeer> _byEndpoint = [];
    private readonly int[] _copies = new int[SimulatedPeer.Pieces];
    private readonly SimulatedPeer _seed;
    private long _told;
    private long _nearTold;
    private long _links;
    private long _nearLinks;
    private long _bytes;
    private long _nearBytes;
    private long _seedBytes;
    private double _connected = 1;

    /// <param name="knowsNetworks">Whether the geo database is there.</param>
    public SwarmSimulation(SelectionOptions options, bool knowsNetworks, int viewers, int seed)
    {
        _random = new Random(seed);
        var selection = new SwarmSelection(
            SelectionPolicies.Of(options),
            knowsNetworks ? new PeerNetworks(_internet) : null,
            new ToldPeers()
        );
        InfoHash infoHash = InfoHash.Parse("0123456789012345678901234567890123456789");
        _swarm = new Swarm(
            new SwarmDefinition("file", "publisher", infoHash, "name", Size, PieceBytes, PeerPolicy.Everyone),
            0,
            new SwarmCensus(),
            _clock,
            new Random(seed + 1),
            selection
        );
        _seed = new SimulatedPeer(0, -1, IPEndPoint.Parse("9.9.9.9:6881"), SeedUpload);
        _seed.TakeAll();
        int[] uploads = [1, 2, 4, 8];
        for (int number = 1; number <= viewers; number++)
        {
            int network = _internet.DrawNetwork(_random);
            IPEndPoint endpoint;
            do endpoint = InternetPlan.DrawEndpoint(network, _random);
            while (_byEndpoint.ContainsKey(endpoint));
            var viewer = new SimulatedPeer(number, network, endpoint, uploads[_random.Next(uploads.Length)])
            {
                JoinedAt = _random.Next(ArrivalSeconds),
            };
            _viewers.Add(viewer);
            _byEndpoint.Add(endpoint, viewer);
        }
        _byEndpoint.Add(_seed.Endpoint, _seed);
    }

    public SimulationResult Run()
    {
        Join(_seed);
        ILookup<int, SimulatedPeer> arrivals = _viewers.ToLookup(static viewer => viewer.JoinedAt);
        int finished = 0;
        for (; _clock.Seconds < MostSeconds && finished < _viewers.Count; _clock.Seconds++)
        {
            foreach (SimulatedPeer viewer in arrivals[_clock.Seconds])
                Join(viewer);
            foreach (SimulatedPeer peer in _here.Where(peer => peer.AnnouncesAt <= _clock.Seconds).ToArray())
                Announce(peer, AnnounceEvent.None);
            if (_clock.Seconds % UnchokeSeconds == 0)
                _here.ForEach(Unchoke);
            finished += Exchange();
            foreach (SimulatedPeer peer in _here.Where(peer => peer.LeavesAt <= _clock.Seconds).ToArray())
                Leave(peer);
            if (_clock.Seconds % SnapshotSeconds == SnapshotSeconds - 1)
                Look();
        }
        int[] times =
        [
            .. _viewers
                .Where(static one => one.CompletedAt >= 0)
                .Select(static one => one.CompletedAt - one.JoinedAt)
                .Order(),
        ];
        return new SimulationResult(
            (double)_nearTold / _told,
            (double)_nearLinks / _links,
            (double)_nearBytes / _bytes,
            (double)_seedBytes / (_bytes + _seedBytes),
            times[times.Length / 2],
            times[times.Length * 95 / 100],
            _connected,
            _viewers.Min(static viewer => viewer.Told),
            _viewers.Count - times.Length
        );
    }

    private void Join(SimulatedPeer peer)
    {
        peer.IsHere = true;
        _here.Add(peer);
        Announce(peer, AnnounceEvent.Started);
    }

    private void Announce(SimulatedPeer peer, AnnounceEvent announceEvent)
    {
        long left = Size - (long)peer.Held * PieceBytes;
        var announce = new SwarmAnnounce(
            peer.Id,
            peer.Endpoint,
            announceEvent,
            0,
            Size - left,
            left,
            Swarm.DefaultNumWant
        );
        BookedViewer known = _swarm.KnownViewer(peer.Id, peer.Endpoint.Address) ?? default;
        AnnounceReply reply = _swarm.Announce(
            announce,
            known with
            {
                Session = known.Session.Next(ViewerAnnounce.Of(announce), Size, long.MaxValue),
            }
        );
        peer.AnnouncesAt = _clock.Seconds + reply.IntervalSeconds;
        foreach (SwarmPeer told in reply.Peers)
        {
            SimulatedPeer other = _byEndpoint[told.Endpoint];
            other.Told++;
            _told++;
            _nearTold += other.Network == peer.Network ? 1 : 0;
            if (
                peer.Links.Count < SimulatedPeer.MostLinks
                && other.Links.Count < SimulatedPeer.MostLinks
                && !peer.Links.Contains(other)
            )
            {
                peer.Links.Add(other);
                other.Links.Add(peer);
            }
        }
    }

    private void Unchoke(SimulatedPeer peer)
    {
        peer.Unchoked.Clear();
        SimulatedPeer[] interested = [.. peer.Links.Where(other => other.Wants(peer))];
        _random.Shuffle(interested);
        int slots = ReferenceEquals(peer, _seed) ? SeedSlots : Slots;
        if (!peer.IsSeed)
        {
            // All but one for those who gave the most, one for anybody.
            peer.Unchoked.AddRange(
                interested.Where(peer.From.ContainsKey).OrderByDescending(other => peer.From[other]).Take(slots - 1)
            );
        }
        foreach (SimulatedPeer other in interested)
        {
            if (peer.Unchoked.Count >= slots)
                break;
            if (!peer.Unchoked.Contains(other))
                peer.Unchoked.Add(other);
        }
        peer.From.Clear();
    }

    /// <summary>One second of uploads; answers how many finished.</summary>
    private int Exchange()
    {
        foreach (SimulatedPeer peer in _here)
            peer.Room = SimulatedPeer.DownloadPerSecond;
        SimulatedPeer[] senders = [.. _here];
        _random.Shuffle(senders);
        int finished = 0;
        foreach (SimulatedPeer sender in senders)
        {
            if (sender.Held == 0 || sender.Unchoked.Count == 0)
                continue;
            int idle = 0;
            int turn = _random.Next(sender.Unchoked.Count);
            for (int budget = sender.UploadPerSecond; budget > 0 && idle < sender.Unchoked.Count; turn++)
            {
                SimulatedPeer receiver = sender.Unchoked[turn % sender.Unchoked.Count];
                int piece = receiver is { IsHere: true, Room: > 0 } ? receiver.Choose(sender, _copies, _random) : -1;
                if (piece < 0)
                {
                    idle++;
                    continue;
                }
                idle = 0;
                budget--;
                finished += Give(sender, receiver, piece) ? 1 : 0;
            }
        }
        return finished;
    }

    private bool Give(SimulatedPeer sender, SimulatedPeer receiver, int piece)
    {
        receiver.Take(piece);
        receiver.Room--;
        _copies[piece]++;
        receiver.From[sender] = receiver.From.GetValueOrDefault(sender) + 1;
        if (ReferenceEquals(sender, _seed))
            _seedBytes++;
        else
        {
            _bytes++;
            _nearBytes += sender.Network == receiver.Network ? 1 : 0;
        }
        if (!receiver.IsSeed)
            return false;
        receiver.CompletedAt = _clock.Seconds;
        receiver.LeavesAt = _clock.Seconds + (int)(-MeanStaySeconds * Math.Log(1 - _random.NextDouble()));
        Announce(receiver, AnnounceEvent.Completed);
        return true;
    }

    private void Leave(SimulatedPeer peer)
    {
        Announce(peer, AnnounceEvent.Stopped);
        peer.IsHere = false;
        _here.Remove(peer);
        foreach (SimulatedPeer other in peer.Links)
        {
            other.Links.Remove(peer);
            other.Unchoked.Remove(peer);
        }
        peer.Links.Clear();
        for (int piece = 0; piece < SimulatedPeer.Pieces; piece++)
            _copies[piece]--;
    }

    /// <summary>Counts links and connected parts of viewers; the seed, to which many are linked, is left out.</summary>
    private void Look()
    {
        SimulatedPeer[] viewers = [.. _here.Where(peer => !ReferenceEquals(peer, _seed))];
        if (viewers.Length < 100)
            return;
        foreach (SimulatedPeer viewer in viewers)
        {
            _links += viewer.Links.Count(other => other.Network >= 0);
            _nearLinks += viewer.Links.Count(other => other.Network == viewer.Network);
        }
        var seen = new HashSet<SimulatedPeer> { _seed };
        int largest = 0;
        foreach (SimulatedPeer start in viewers)
        {
            if (!seen.Add(start))
                continue;
            int size = 0;
            var open = new Queue<SimulatedPeer>([start]);
            while (open.TryDequeue(out SimulatedPeer? peer))
            {
                size++;
                foreach (SimulatedPeer other in peer.Links)
                {
                    if (seen.Add(other))
                        open.Enqueue(other);
                }
            }
            largest = Math.Max(largest, size);
        }
        _connected = Math.Min(_connected, (double)largest / viewers.Length);
    }
}
