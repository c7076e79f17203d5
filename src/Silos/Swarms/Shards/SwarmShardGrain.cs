using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Traffic;
using Orleans.Concurrency;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// The shell around <see cref="SwarmShard"/>. Reentrant, so that announces that wait for the ledger's commit hold up nobody; the swarms
/// themselves are only touched between awaits.
/// </summary>
[Reentrant]
internal sealed class SwarmShardGrain : Grain, ISwarmShardGrain
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Ledger _ledger;
    private readonly OpenSwarms _openSwarms;
    private readonly RecentTraffic _traffic;
    private readonly SwarmShard _shard;
    private readonly Func<InfoHash, bool> _mayBeOpen;

    /// <summary>Questions to the swarms' grains on their way. A change that is told meanwhile takes its question out: the answer is old.</summary>
    private readonly Dictionary<InfoHash, TaskCompletionSource> _asked = [];

    public SwarmShardGrain(
        Ledger ledger,
        OpenSwarms openSwarms,
        SwarmCensus census,
        RecentTraffic traffic,
        TimeProvider clock
    )
    {
        _ledger = ledger;
        _openSwarms = openSwarms;
        _traffic = traffic;
        _shard = new SwarmShard(census, clock, new Random());
        _mayBeOpen = IsOpen;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            _ =>
            {
                _shard.Sweep();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(SweepEvery, SweepEvery) { Interleave = true, KeepAlive = true }
        );
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _shard.Clear();
        return Task.CompletedTask;
    }

    public ValueTask<AnnounceReplies> AnnounceAsync(AnnounceBatch batch)
    {
        _shard.Announce(batch, _mayBeOpen);
        return ValueTask.FromResult(batch.Replies);
    }

    public async ValueTask<AnnounceReplies> AnnounceDeferredAsync(AnnounceBatch batch)
    {
        var toBook = new List<(InfoHash, ViewerAnnounce)>(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            await FindOrAskAsync(batch[i].InfoHash);
            toBook.Add((batch[i].InfoHash, batch[i].ToViewerAnnounce()));
        }
        BookedViewer?[] booked = await _ledger.RecordAnnouncesAsync(toBook);
        _shard.AnnounceBooked(batch, booked);
        return batch.Replies;
    }

    public async ValueTask<AnnounceReply> AnnounceOneAsync(InfoHash infoHash, SwarmAnnounce announce)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return Unregistered();
        ViewerAnnounce toBook = ViewerAnnounce.Of(announce);
        if (
            swarm.KnownViewer(announce.PeerId, announce.Endpoint.Address) is not { } viewer
            || _ledger.Changes(viewer, toBook, swarm.Definition.SizeBytes)
        )
        {
            if (await _ledger.RecordAnnounceAsync(infoHash, toBook) is not { } booked)
                return Unregistered();
            viewer = booked;
        }
        // It may have been closed meanwhile.
        return ReferenceEquals(_shard.Find(infoHash), swarm) ? swarm.Announce(announce, viewer) : Unregistered();
    }

    public async ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash) => (await FindOrAskAsync(infoHash))?.Scrape();

    public async ValueTask<SwarmSnapshot?> GetSnapshotAsync(InfoHash infoHash) =>
        (await FindOrAskAsync(infoHash))?.Snapshot(_traffic.RatesOf(infoHash));

    public async ValueTask<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        InfoHash infoHash,
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    ) => (await FindOrAskAsync(infoHash))?.AttachEdge(nodeId, endpoints, leaseSeconds);

    public async ValueTask<bool> WitnessAsync(InfoHash infoHash, IReadOnlyList<PeerProgress> progress)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return false;
        await _ledger.RecordWitnessAsync(infoHash, swarm.Witness(progress));
        return true;
    }

    public ValueTask OpenAsync(OpenSwarm swarm)
    {
        _asked.Remove(swarm.Definition.InfoHash);
        _shard.Open(swarm);
        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(InfoHash infoHash)
    {
        _asked.Remove(infoHash);
        _shard.Close(infoHash);
        return ValueTask.CompletedTask;
    }

    private static AnnounceReply Unregistered() => AnnounceReply.Refused(AnnounceOutcome.Unregistered.FailureReason()!);

    private bool IsOpen(InfoHash infoHash) => _openSwarms.TryFind(infoHash, out _);

    /// <summary>After this shard's start its swarms come in by their first announce.</summary>
    private ValueTask<Swarm?> FindOrAskAsync(InfoHash infoHash) =>
        _shard.Find(infoHash) is { } swarm ? ValueTask.FromResult<Swarm?>(swarm)
        : IsOpen(infoHash) ? AskAsync(infoHash)
        : default;

    private async ValueTask<Swarm?> AskAsync(InfoHash infoHash)
    {
        if (_asked.TryGetValue(infoHash, out TaskCompletionSource? anothers))
        {
            await anothers.Task;
            return _shard.Find(infoHash);
        }
        var mine = new TaskCompletionSource();
        _asked[infoHash] = mine;
        try
        {
            OpenSwarm? answer = await GrainFactory.GetGrain<ISwarmGrain>(infoHash.ToString()).ReadOpenAsync();
            if (answer is not null && IsStillAsked(infoHash, mine))
                _shard.Open(answer);
        }
        finally
        {
            if (IsStillAsked(infoHash, mine))
                _asked.Remove(infoHash);
            mine.SetResult();
        }
        return _shard.Find(infoHash);
    }

    private bool IsStillAsked(InfoHash infoHash, TaskCompletionSource question) =>
        _asked.TryGetValue(infoHash, out TaskCompletionSource? current) && ReferenceEquals(current, question);
}
