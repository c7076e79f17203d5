using System.Net;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;
using Orleans.Concurrency;

namespace Distribution.Silos.Swarms;

/// <summary>
/// The shell around <see cref="Swarm"/>. Reentrant, so that announces that wait for the ledger's commit wait together; the swarm itself is
/// only touched between awaits.
/// </summary>
[Reentrant]
internal sealed class SwarmGrain(
    [PersistentState("swarm", SqliteGrainStorage.Name)] IPersistentState<SwarmState> state,
    Ledger ledger,
    OpenSwarms openSwarms,
    SwarmCensus census,
    RecentTraffic traffic,
    TimeProvider clock
) : Grain, ISwarmGrain, IDisposable
{
    private const string Unregistered = "unregistered torrent";

    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private Swarm? _swarm;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (state.State.Open is [.., var current])
        {
            long completed = await ledger.ReadCompletedAsync(current.InfoHash);
            _swarm = new Swarm(current, completed, census, clock, new Random());
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _swarm?.Clear();
        return Task.CompletedTask;
    }

    public void Dispose() => _lifecycle.Dispose();

    public async Task OpenAsync(SwarmDefinition definition)
    {
        if (definition.InfoHash.ToString() != this.GetPrimaryKeyString())
            throw new ArgumentException("The definition is of another swarm.", nameof(definition));
        await _lifecycle.WaitAsync();
        try
        {
            await StoreAsync(state.State.With(definition));
            await FollowStateAsync();
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    public async Task CloseAsync(string fileId)
    {
        await _lifecycle.WaitAsync();
        try
        {
            await StoreAsync(state.State.Without(fileId));
            await FollowStateAsync();
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    public async Task<AnnounceReply> AnnounceAsync(SwarmAnnounce announce)
    {
        if (_swarm is not { } swarm)
            return AnnounceReply.Refused(Unregistered);
        ViewerAnnounce toBook = ViewerAnnounce.Of(announce);
        SwarmDefinition definition = swarm.Definition;
        if (
            swarm.KnownViewer(announce.PeerId, announce.Endpoint.Address) is not { } viewer
            || ledger.Changes(viewer, toBook, definition.SizeBytes)
        )
        {
            if (await ledger.RecordAnnounceAsync(definition.InfoHash, toBook) is not { } booked)
                return AnnounceReply.Refused(Unregistered);
            viewer = booked;
        }
        // It may have been closed meanwhile.
        return ReferenceEquals(_swarm, swarm) ? swarm.Announce(announce, viewer) : AnnounceReply.Refused(Unregistered);
    }

    public Task<ScrapeCounts?> ScrapeAsync() => Task.FromResult(_swarm?.Scrape());

    public Task<SwarmSnapshot?> GetSnapshotAsync() =>
        Task.FromResult(_swarm?.Snapshot(traffic.RatesOf(_swarm.Definition.InfoHash)));

    public Task<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    ) => Task.FromResult(_swarm?.AttachEdge(nodeId, endpoints, leaseSeconds));

    public async Task WitnessAsync(string nodeId, IReadOnlyList<PeerProgress> progress)
    {
        // Also of a closed swarm: what was delivered before the end is delivered.
        if (state.State.Last is not { } definition)
            return;
        IReadOnlyList<WitnessedProgress> witnessed =
            _swarm?.Witness(progress)
            ??
            [
                .. progress
                    .Select(static one => WitnessedProgress.TryParse(one, out WitnessedProgress seen) ? seen : default)
                    .Where(static seen => seen.Address is not null),
            ];
        await ledger.RecordWitnessAsync(definition.InfoHash, witnessed);
    }

    /// <summary>Makes ledger, front ends and the swarm itself what the stored state says; each step may be repeated.</summary>
    private async Task FollowStateAsync()
    {
        if (state.State.Open is [.., var current])
        {
            long completed = await ledger.OpenFileAsync(
                new LedgerFile(
                    current.InfoHash,
                    current.FileId,
                    current.PublisherId,
                    current.SizeBytes,
                    current.InfoHashV2
                )
            );
            if (_swarm is null)
                _swarm = new Swarm(current, completed, census, clock, new Random());
            else
                _swarm.Follow(current, completed);
            openSwarms.Add(current.InfoHash, current.InfoHashV2);
        }
        else if (state.State.Last is { } last)
        {
            _swarm?.Clear();
            _swarm = null;
            openSwarms.Remove(last.InfoHash, last.InfoHashV2);
            await ledger.CloseFileAsync(last.InfoHash);
        }
    }

    private async Task StoreAsync(SwarmState next)
    {
        SwarmState before = state.State;
        if (ReferenceEquals(next, before))
            return;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Not stored, so not so: the next call tries again.
            state.State = before;
            throw;
        }
    }
}
