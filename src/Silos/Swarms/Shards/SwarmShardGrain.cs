using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Telemetry;
using Distribution.Silos.Traffic;
using Orleans.Concurrency;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// The shell around <see cref="SwarmShard"/>. Reentrant, so that announces that wait for the ledger's commit hold up nobody; the swarms
/// themselves are only touched between awaits, under the shard's gate, as front ends of this silo touch them too.
/// </summary>
[Reentrant]
[ShardPlacement]
internal sealed partial class SwarmShardGrain : Grain, ISwarmShardGrain
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    /// <summary>So many sweeps in a row the shard belongs elsewhere and has nobody to lose: then it goes there.</summary>
    private const int SweepsBeforeMove = 5;

    private readonly Ledger _ledger;
    private readonly OpenSwarms _openSwarms;
    private readonly SiloNews _news;
    private readonly LocalShards _localShards;
    private readonly SwarmShard _shard;
    private readonly SiloMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly IClusterMembershipService _membership;
    private readonly ILocalSiloDetails _silo;
    private int _sweepsElsewhere;
    private int _announcesAtWork;

    /// <summary>Questions to the swarms' grains on their way. A change that is told meanwhile takes its question out: the answer is old.</summary>
    private readonly Dictionary<InfoHash, TaskCompletionSource> _asked = [];

    public SwarmShardGrain(
        Ledger ledger,
        OpenSwarms openSwarms,
        SwarmCensus census,
        SiloNews news,
        LocalShards localShards,
        IClusterMembershipService membership,
        ILocalSiloDetails silo,
        SiloMetrics metrics,
        TimeProvider clock
    )
    {
        _metrics = metrics;
        _localShards = localShards;
        _ledger = ledger;
        _openSwarms = openSwarms;
        _news = news;
        _shard = new SwarmShard(census, clock, new Random());
        _clock = clock;
        _membership = membership;
        _silo = silo;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            _ =>
            {
                Sweep();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(SweepEvery, SweepEvery) { Interleave = true, KeepAlive = true }
        );
        _localShards.Add(Number, _shard);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _localShards.Remove(Number, _shard);
        ForgetWatchers();
        lock (_shard.Gate)
            _shard.Clear();
        return Task.CompletedTask;
    }

    public async ValueTask<AnnounceReplies> AnnounceAsync(AnnounceBatch batch)
    {
        _announcesAtWork++;
        try
        {
            await AnswerAsync(batch);
            batch.Replies.Owner = _silo.SiloAddress;
            return batch.Replies;
        }
        finally
        {
            _announcesAtWork--;
        }
    }

    public async ValueTask<AnnounceReply> AnnounceOneAsync(InfoHash infoHash, SwarmAnnounce announce)
    {
        _announcesAtWork++;
        try
        {
            return await AnswerAsync(infoHash, announce);
        }
        finally
        {
            _announcesAtWork--;
        }
    }

    private async Task AnswerAsync(AnnounceBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
            await FindOrAskAsync(batch[i].InfoHash);
        List<int> unanswered = AnnounceKnown(batch);
        if (unanswered.Count > 0)
        {
            (InfoHash, ViewerAnnounce)[] toBook =
            [
                .. unanswered.Select(i => (batch[i].InfoHash, batch[i].ToViewerAnnounce())),
            ];
            AnnounceBooked(batch, unanswered, await _ledger.RecordAnnouncesAsync(toBook));
        }
    }

    private async Task<AnnounceReply> AnswerAsync(InfoHash infoHash, SwarmAnnounce announce)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return Unregistered();
        ViewerAnnounce toBook = ViewerAnnounce.Of(announce);
        BookedViewer? viewer;
        lock (_shard.Gate)
            viewer = swarm.KnownViewer(announce.PeerId, announce.Endpoint.Address);
        if (viewer is null || _ledger.Changes(viewer.Value, toBook, swarm.Definition.SizeBytes))
            viewer = await _ledger.RecordAnnounceAsync(infoHash, toBook);
        lock (_shard.Gate)
        {
            // It may have been closed meanwhile.
            return viewer is { } booked && ReferenceEquals(_shard.Find(infoHash), swarm)
                ? swarm.Announce(announce, booked)
                : Unregistered();
        }
    }

    public async ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return null;
        lock (_shard.Gate)
            return swarm.Scrape();
    }

    public async ValueTask<SwarmSnapshot?> GetSnapshotAsync(InfoHash infoHash)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return null;
        TrafficRates rates = await _news.ReadTrafficAsync(infoHash);
        lock (_shard.Gate)
            return swarm.Snapshot(rates);
    }

    public async ValueTask<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        InfoHash infoHash,
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    )
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return null;
        lock (_shard.Gate)
            return swarm.AttachEdge(nodeId, endpoints, leaseSeconds);
    }

    public async ValueTask<bool> WitnessAsync(InfoHash infoHash, IReadOnlyList<PeerProgress> progress)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return false;
        IReadOnlyList<WitnessedProgress> witnessed;
        lock (_shard.Gate)
            witnessed = swarm.Witness(progress);
        await _ledger.RecordWitnessAsync(infoHash, witnessed);
        return true;
    }

    public ValueTask OpenAsync(OpenSwarm swarm)
    {
        _asked.Remove(swarm.Definition.InfoHash);
        lock (_shard.Gate)
            _shard.Open(swarm);
        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(InfoHash infoHash)
    {
        _asked.Remove(infoHash);
        lock (_shard.Gate)
            _shard.Close(infoHash);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Also lets a shard without viewers go to where it belongs since silos came or went. One with viewers stays: its peers would be lost
    /// until they announce again.
    /// </summary>
    private void Sweep()
    {
        bool belongsHere = BelongsHere();
        lock (_shard.Gate)
        {
            _shard.Sweep();
            bool mayGo = !belongsHere && !_shard.HasViewers && _announcesAtWork == 0;
            _sweepsElsewhere = mayGo ? _sweepsElsewhere + 1 : 0;
            if (_sweepsElsewhere < SweepsBeforeMove)
                return;
            // At once: a viewer that came in before the end would be lost.
            _localShards.Remove(Number, _shard);
            _shard.Clear();
        }
        DeactivateOnIdle();
    }

    private bool BelongsHere()
    {
        SiloAddress[] active =
        [
            .. _membership
                .CurrentSnapshot.Members.Values.Where(static member => member.Status == SiloStatus.Active)
                .Select(static member => member.SiloAddress),
        ];
        return active.Length < 2 || ShardPlaces.Of(Number, active).Equals(_silo.SiloAddress);
    }

    /// <summary>Answers what says nothing new, and names the rest.</summary>
    private List<int> AnnounceKnown(AnnounceBatch batch)
    {
        DateTimeOffset time = _clock.GetUtcNow();
        var unanswered = new List<int>();
        lock (_shard.Gate)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                Span<byte> reply = batch.Replies.PlaceOf(i)[AnnounceReplies.HeadBytes..];
                AnnounceOutcome outcome =
                    _shard.TryAnnounce(batch[i], time, reply, out int written) ?? AnnounceOutcome.Unregistered;
                batch.Replies.Set(i, outcome, written);
                if (outcome == AnnounceOutcome.Deferred)
                    unanswered.Add(i);
            }
        }
        return unanswered;
    }

    private void AnnounceBooked(AnnounceBatch batch, List<int> which, BookedViewer?[] booked)
    {
        DateTimeOffset time = _clock.GetUtcNow();
        lock (_shard.Gate)
        {
            for (int i = 0; i < which.Count; i++)
            {
                Span<byte> reply = batch.Replies.PlaceOf(which[i])[AnnounceReplies.HeadBytes..];
                AnnounceOutcome outcome = _shard.AnnounceBooked(
                    batch[which[i]],
                    booked[i],
                    time,
                    reply,
                    out int written
                );
                batch.Replies.Set(which[i], outcome, written);
            }
        }
    }

    private int Number => (int)this.GetPrimaryKeyLong();

    private static AnnounceReply Unregistered() => AnnounceReply.Refused(AnnounceOutcome.Unregistered.FailureReason()!);

    private bool IsOpen(InfoHash infoHash) => _openSwarms.TryFind(infoHash, out _);

    /// <summary>After this shard's start its swarms come in by their first announce.</summary>
    private ValueTask<Swarm?> FindOrAskAsync(InfoHash infoHash) =>
        Find(infoHash) is { } swarm ? ValueTask.FromResult<Swarm?>(swarm)
        : IsOpen(infoHash) ? AskAsync(infoHash)
        : default;

    private async ValueTask<Swarm?> AskAsync(InfoHash infoHash)
    {
        if (_asked.TryGetValue(infoHash, out TaskCompletionSource? anothers))
        {
            await anothers.Task;
            return Find(infoHash);
        }
        var mine = new TaskCompletionSource();
        _asked[infoHash] = mine;
        try
        {
            OpenSwarm? answer = await GrainFactory.GetGrain<ISwarmGrain>(infoHash.ToString()).ReadOpenAsync();
            if (answer is not null && IsStillAsked(infoHash, mine))
            {
                lock (_shard.Gate)
                    _shard.Open(answer);
            }
        }
        finally
        {
            if (IsStillAsked(infoHash, mine))
                _asked.Remove(infoHash);
            mine.SetResult();
        }
        return Find(infoHash);
    }

    private Swarm? Find(InfoHash infoHash)
    {
        lock (_shard.Gate)
            return _shard.Find(infoHash);
    }

    private bool IsStillAsked(InfoHash infoHash, TaskCompletionSource question) =>
        _asked.TryGetValue(infoHash, out TaskCompletionSource? current) && ReferenceEquals(current, question);
}
