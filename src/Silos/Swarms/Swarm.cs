using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Networks;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>
/// One open swarm: its peers, its edges, and what it answers. Plain state without I/O; whoever owns it calls it from one thread at a
/// time and books announces in the ledger first.
/// </summary>
public sealed partial class Swarm
{
    public const int DefaultNumWant = 50;
    public const int MaxNumWant = PeerSample.MostWanted;
    private const int SweepSeconds = 15;

    /// <summary>A swarm of so many is swept whole when it is touched; a larger one by its owner, a stretch at a time.</summary>
    private const int SmallSwarm = 64;

    private readonly SwarmPeers _peers = new();
    private readonly SwarmCensus _census;
    private readonly PeerBudget _budget;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly SwarmSelection _selection;
    private readonly uint _youngUntil;
    private SwarmEdges? _edges;
    private UnconfirmedSeeds? _unconfirmed;
    private uint _sweepAt;
    private SwarmCounts _reported;
    private int _reportedRecords;

    /// <param name="completed">Downloads finished so far.</param>
    public Swarm(SwarmDefinition definition, long completed, SwarmCensus census, TimeProvider clock, Random random)
        : this(definition, completed, census, PeerBudget.Unbounded, clock, random, SwarmSelection.ByDefault()) { }

    /// <param name="completed">Downloads finished so far.</param>
    /// <param name="selection">Of its owner: one thread at a time.</param>
    internal Swarm(
        SwarmDefinition definition,
        long completed,
        SwarmCensus census,
        PeerBudget budget,
        TimeProvider clock,
        Random random,
        SwarmSelection selection
    )
    {
        _budget = budget;
        InfoHash = definition.InfoHash;
        Take(definition);
        Completed = completed;
        _census = census;
        _clock = clock;
        _random = random;
        _selection = selection;
        _youngUntil = (uint)clock.GetUtcNow().ToUnixTimeSeconds() + AnnounceInterval.YoungSeconds;
    }

    /// <summary>Downloads finished since publication.</summary>
    public long Completed { get; private set; }

    /// <summary>Its owner's note of where it keeps it.</summary>
    internal int ShardPlace { get; set; }

    /// <summary>What a sweep of all would look at.</summary>
    internal int Records => _peers.Records;

    /// <summary>The wanted number of peers within bounds.</summary>
    /// <param name="numWant">Null or negative: the client leaves it to us.</param>
    public static int ClampNumWant(int? numWant) =>
        numWant is null or < 0 ? DefaultNumWant : Math.Min(numWant.Value, MaxNumWant);

    /// <summary>
    /// The viewer as booked last; null where this id or its present address is new, so that it must be booked again. How much its credit is,
    /// and when it was first seen, is not kept: good for <see cref="Ledger.Changes"/>, no more.
    /// </summary>
    public BookedViewer? KnownViewer(PeerId peerId, IPAddress address)
    {
        var at = WireEndpoint.Of(new IPEndPoint(address, 0));
        return TryGetBooked(peerId, at, out _, out ViewerSession session)
            ? new BookedViewer(session, 0, _peers.WitnessOf(peerId).MostBytes, Completed)
            : null;
    }

    /// <summary>Takes an announce that is booked and answers it.</summary>
    /// <param name="viewer">As the ledger holds it now.</param>
    public AnnounceReply Announce(SwarmAnnounce announce, in BookedViewer viewer)
    {
        uint now = Touch();
        PackedAnnounce packed = PackedAnnounce.Of(InfoHash, announce);
        Completed = Math.Max(Completed, viewer.FileCompleted);
        if (AddressScopes.ScopeOf(packed.Endpoint.Address) == AddressScope.Unusable)
            return AnnounceReply.Refused(AnnounceOutcome.UnusableAddress.FailureReason()!);
        Seat seat = Admit(packed, viewer.Session, viewer.WitnessedBytes, NotFound, now);
        Report();
        return new AnnounceReply(
            null,
            seat.IntervalSeconds,
            AnnounceInterval.MinSecondsFor(seat.IntervalSeconds),
            Seeds + EdgeCount,
            Leechers,
            seat.IsLeaving ? [] : SelectionFor(seat, packed).List(packed.NumWant)
        );
    }

    /// <summary>Answers an announce that says nothing new to the ledger; another is <see cref="AnnounceOutcome.Deferred"/>, and changes nothing.</summary>
    /// <param name="reply">A <see cref="CompactReply"/>; endpoints that do not fit are left out.</param>
    internal AnnounceOutcome TryAnnounce(
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    )
    {
        replyBytes = 0;
        Touch(time);
        if (AddressScopes.ScopeOf(announce.Endpoint.Address) == AddressScope.Unusable)
            return AnnounceOutcome.UnusableAddress;
        if (
            !TryGetBooked(announce.PeerId, announce.Endpoint, out int position, out ViewerSession session)
            || session.Next(announce.Progress, SizeBytes, UploadClaims.Unbounded) != session
        )
            return AnnounceOutcome.Deferred;
        replyBytes = Answer(announce, session, 0, position, time, reply);
        return AnnounceOutcome.Answered;
    }

    /// <summary>Takes an announce that is booked and answers it.</summary>
    /// <inheritdoc cref="TryAnnounce"/>
    internal AnnounceOutcome Announce(
        in PackedAnnounce announce,
        in BookedViewer viewer,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    )
    {
        replyBytes = 0;
        Touch(time);
        Completed = Math.Max(Completed, viewer.FileCompleted);
        if (AddressScopes.ScopeOf(announce.Endpoint.Address) == AddressScope.Unusable)
            return AnnounceOutcome.UnusableAddress;
        replyBytes = Answer(announce, viewer.Session, viewer.WitnessedBytes, NotFound, time, reply);
        return AnnounceOutcome.Answered;
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
            if (WhoIs(seen, one.ListenPort) is var (family, position))
            {
                PeerId id = family[position].Id;
                WitnessMark mark = _peers.WitnessOf(id);
                long first = mark.IsSeen ? Math.Min(mark.FirstBytes, one.FirstHaveBytes) : one.FirstHaveBytes;
                long held = Math.Min(one.HaveBytes, SizeBytes);
                _peers.SetWitness(id, new WitnessMark(true, first, Math.Max(mark.MostBytes, held)));
                seen = seen with { PeerId = id, GainedBytes = Math.Max(0, one.HaveBytes - first) };
                if (position < family.Active)
                {
                    if (ShareOf(held) > family[position].HeldShare)
                        _peers.SetHeld(family, position, ShareOf(held));
                    if (one.HaveBytes >= SizeBytes)
                        _peers.SetSeed(family, position, true);
                }
            }
            witnessed.Add(seen);
        }
        Report();
        return witnessed;
    }

    /// <summary>An edge seeds this swarm for <paramref name="leaseSeconds"/>; 0: it leaves. Answers whom it should connect to.</summary>
    public IReadOnlyList<IPEndPoint> AttachEdge(string nodeId, IReadOnlyList<IPEndPoint> endpoints, int leaseSeconds)
    {
        uint now = Touch();
        _edges ??= new SwarmEdges();
        if (leaseSeconds <= 0)
            _edges.Remove(nodeId);
        else
            _edges.Set(nodeId, new SwarmEdge(endpoints, _clock.GetUtcNow().AddSeconds(leaseSeconds)));
        Report();
        if (leaseSeconds <= 0)
            return [];
        List<IPEndPoint> dial = DialList.Of(_peers, endpoints, now, _random);
        _unconfirmed?.AddTo(dial, _peers, endpoints, Definition.SizeBytes, now);
        return dial;
    }

    public ScrapeCounts Scrape()
    {
        Touch();
        Report();
        return new ScrapeCounts(Seeds + EdgeCount, Leechers, Completed);
    }

    /// <summary>Everybody is gone: the swarm closes, or its owner does. It is not used afterwards.</summary>
    public void Clear()
    {
        _census.Move(_reported, default);
        _reported = default;
        _budget.Move(_reportedRecords, 0);
        _reportedRecords = 0;
    }

    /// <summary>Lets go of whoever stayed away too long, among the next <paramref name="budget"/>; answers how many it looked at.</summary>
    internal int Sweep(DateTimeOffset time, int budget)
    {
        _edges?.Expire(time);
        uint now = (uint)time.ToUnixTimeSeconds();
        SweepBrowsers(now);
        int looked = _peers.Sweep(now, budget);
        Report();
        return looked;
    }

    private const int NotFound = -1;

    private int EdgeCount => _edges?.Count ?? 0;

    private static bool MayAwaitMetadata(in PeerId peerId, in ViewerSession session) =>
        session.Phase == ViewerPhase.AwaitsMetadata
        || (ClientQuirks.SaysZeroBeforeMetadata(peerId) && session is { CreditBytes: 0, Completed: false });

    private bool TryGetBooked(in PeerId peerId, in WireEndpoint endpoint, out int position, out ViewerSession session)
    {
        position = NotFound;
        session = default;
        if (_peers.OfFamily(endpoint.IsIPv6) is not { } family)
            return false;
        position = family.Find(peerId);
        return position >= 0
            && family.AddressAt(position).SequenceEqual(endpoint.Address)
            && family[position].TryGetSession(out session);
    }

    private (FamilyPeers Family, int Position)? WhoIs(in WitnessedProgress seen, int listenPort)
    {
        if (_peers.Find(seen.PeerId) is { } here)
            return here;
        if (listenPort is <= 0 or > ushort.MaxValue)
            return null;
        var at = WireEndpoint.Of(new IPEndPoint(seen.Address, listenPort));
        int position = _peers.OfFamily(at.IsIPv6)?.At(at.AsSpan()) ?? -1;
        return position < 0 ? null : (_peers.OfFamily(at.IsIPv6)!, position);
    }

    private int Answer(
        in PackedAnnounce announce,
        in ViewerSession session,
        long witnessedBytes,
        int booked,
        DateTimeOffset time,
        Span<byte> reply
    )
    {
        Seat seat = Admit(announce, session, witnessedBytes, booked, (uint)time.ToUnixTimeSeconds());
        Report();
        CompactReply.WriteHeader(reply, seat.IntervalSeconds, Leechers, Seeds + EdgeCount);
        return CompactReply.HeaderBytes
            + (
                seat.IsLeaving
                    ? 0
                    : SelectionFor(seat, announce).Write(announce.NumWant, reply[CompactReply.HeaderBytes..])
            );
    }

    /// <summary>Gives the peer its place, or takes it away.</summary>
    /// <param name="booked">Where it is, with the session that is given; <see cref="NotFound"/>: the session is new.</param>
    private Seat Admit(in PackedAnnounce announce, in ViewerSession session, long witnessedBytes, int booked, uint now)
    {
        bool isNew = booked < 0;
        if (isNew && _selection.IsHeldOut(PublisherId, InfoHash, announce.Endpoint.Address))
            return HeldOut(announce, session, now);
        if (announce.Event == AnnounceEvent.Stopped)
        {
            if (isNew)
                _peers.SetSession(announce.PeerId, session);
            _peers.Leave(announce.PeerId, now);
            return new Seat(-1, false, IntervalFor(announce.Transport, isSeed: true, now), IsLeaving: true);
        }
        bool isSeed = announce.LeftBytes == 0 && !MayAwaitMetadata(announce.PeerId, session);
        bool isPartial = announce.Event == AnnounceEvent.Paused;
        if (isNew)
            MakeRoomFor(announce);
        int position = _peers.Place(announce.PeerId, announce.Endpoint, isSeed, booked);
        int interval = IntervalFor(announce.Transport, isSeed, now);
        if (position < 0)
            return new Seat(position, !isSeed && !isPartial, interval, IsLeaving: false);
        if (isNew)
        {
            _peers.SetSession(announce.PeerId, session);
            WitnessMark mark = _peers.WitnessOf(announce.PeerId);
            if (witnessedBytes > mark.MostBytes)
                _peers.SetWitness(announce.PeerId, mark with { MostBytes = witnessedBytes });
            // It says that it is done: an edge should see that, or only what it saw before counts.
            if (isSeed && session.CreditBytes > 0 && mark.MostBytes < Definition.SizeBytes)
                (_unconfirmed ??= new UnconfirmedSeeds()).Add(announce.PeerId, now);
        }
        FamilyPeers family = _peers.OfFamily(announce.Endpoint.IsIPv6)!;
        if (!isSeed)
        {
            bool knowsSize = session.Phase == ViewerPhase.Counted && announce.LeftBytes > 0;
            long held = Math.Max(
                knowsSize ? Math.Max(0, SizeBytes - announce.LeftBytes) : 0,
                _peers.WitnessOf(announce.PeerId).MostBytes
            );
            _peers.SetHeld(family, position, ShareOf(held));
        }
        ref PeerRecord record = ref family[position];
        uint expiresAt = now + (uint)AnnounceInterval.ExpirySecondsFor(interval);
        if (record.ExpiresAt > now && expiresAt >= record.ExpiresAt + ComesBackAfterSeconds)
            record.Flags |= PeerFlags.CameBack;
        record.ExpiresAt = expiresAt;
        record.Flags = isPartial ? record.Flags | PeerFlags.PartialSeed : record.Flags & ~PeerFlags.PartialSeed;
        return new Seat(position, !isSeed && !isPartial, interval, IsLeaving: false);
    }

    private int IntervalFor(AnnounceTransport transport, bool isSeed, uint now) =>
        AnnounceInterval.SecondsFor(Peers, isSeed, transport, now < _youngUntil, _random.NextDouble());

    private int ShareOf(long heldBytes) =>
        SizeBytes <= 0
            ? 0
            : (int)Math.Min(SwarmPeers.WholeShare - 1, (double)heldBytes * SwarmPeers.WholeShare / SizeBytes);

    /// <summary>Whoever announces is remembered, whether it wants to hear of others or not.</summary>
    private PeerSelection SelectionFor(in Seat seat, in PackedAnnounce announce)
    {
        Receiver receiver = _selection.ReceiverOf(
            _peers.TableOf(announce.Endpoint.IsIPv6),
            seat.Position,
            seat.WantsPieces,
            announce.Endpoint.Address,
            seat.IsHeldOut ? PeerPolicy.Off : Policy,
            _random
        );
        _selection.Follow(receiver);
        return _selection.For(receiver, seat.KnowsNoEdge ? null : _edges);
    }

    private uint Touch() => Touch(_clock.GetUtcNow());

    /// <summary>Lets go of what is over; answers the time in Unix seconds.</summary>
    private uint Touch(DateTimeOffset time)
    {
        _edges?.Expire(time);
        uint now = (uint)time.ToUnixTimeSeconds();
        if (now >= _sweepAt && _peers.Records <= SmallSwarm)
        {
            _sweepAt = now + SweepSeconds;
            _peers.Sweep(now, SmallSwarm);
        }
        SweepBrowsers(now);
        return now;
    }

    private void Report()
    {
        var counts = new SwarmCounts(Seeds, Leechers, EdgeCount);
        _census.Move(_reported, counts);
        _reported = counts;
        _budget.Move(_reportedRecords, _peers.Records);
        _reportedRecords = _peers.Records;
    }

    /// <param name="Position">-1: it is not listed.</param>
    private readonly record struct Seat(int Position, bool WantsPieces, int IntervalSeconds, bool IsLeaving)
    {
        /// <summary>No viewer is told to it.</summary>
        public bool IsHeldOut { get; init; }

        /// <summary>Nor is an edge.</summary>
        public bool KnowsNoEdge { get; init; }
    }
}
