using System.Net;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Distribution.Silos.Swarms.Shards;
using Orleans.Concurrency;

namespace Distribution.Silos.Swarms;

/// <summary>
/// The authority over one swarm: what it is, and whether it is open. Its peers and edges are in the tables of its shard, which hears of every
/// change from here, and asks when it does not know.
/// </summary>
[Reentrant]
internal sealed class SwarmGrain(
    [PersistentState("swarm", StateGrainStorage.Name)] IPersistentState<SwarmState> state,
    Ledger ledger,
    OpenSwarms openSwarms,
    SiloNews news,
    SwarmShards shards
) : Grain, ISwarmGrain, IDisposable
{
    private readonly SemaphoreSlim _lifecycle = new(1, 1);

    private SwarmDefinition? Current => state.State.Open is [.., var current] ? current : null;

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

    public async Task<OpenSwarm?> ReadOpenAsync()
    {
        if (Current is not { } before)
            return null;
        long completed = await ledger.ReadCompletedAsync(before.InfoHash);
        return Current is { } current ? new OpenSwarm(current, completed) : null;
    }

    public async Task<SwarmSnapshot?> GetSnapshotAsync() =>
        Current is { } current ? await shards.Of(current.InfoHash).GetSnapshotAsync(current.InfoHash) : null;

    public async Task<SwarmLive?> GetLiveAsync() =>
        Current is { } current ? await LiveShardOf(current).ReadLiveAsync(current.InfoHash) : null;

    public async Task<SwarmLive?> WatchAsync(ISwarmWatcher watcher, int leaseSeconds) =>
        Current is { } current ? await LiveShardOf(current).WatchAsync(current.InfoHash, watcher, leaseSeconds) : null;

    public async Task<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    ) =>
        Current is { } current
            ? await shards.Of(current.InfoHash).AttachEdgeAsync(current.InfoHash, nodeId, endpoints, leaseSeconds)
            : null;

    public async Task WitnessAsync(string nodeId, IReadOnlyList<PeerProgress> progress)
    {
        if (Current is { } current && await shards.Of(current.InfoHash).WitnessAsync(current.InfoHash, progress))
            return;
        // Also of a closed swarm: what was delivered before the end is delivered.
        if (state.State.Last is not { } last)
            return;
        WitnessedProgress[] witnessed =
        [
            .. progress
                .Select(static one => WitnessedProgress.TryParse(one, out WitnessedProgress seen) ? seen : default)
                .Where(static seen => seen.Address is not null),
        ];
        await ledger.RecordWitnessAsync(last.InfoHash, witnessed);
    }

    private ILiveShardGrain LiveShardOf(SwarmDefinition swarm) =>
        GrainFactory.GetGrain<ILiveShardGrain>(shards.NumberOf(swarm.InfoHash));

    /// <summary>Makes ledger, front ends and the shard what the stored state says; each step may be repeated.</summary>
    private async Task FollowStateAsync()
    {
        if (Current is { } current)
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
            await shards.Of(current.InfoHash).OpenAsync(new OpenSwarm(current, completed));
            openSwarms.Add(current.InfoHash, current.InfoHashV2);
        }
        else if (state.State.Last is { } last)
        {
            openSwarms.Remove(last.InfoHash, last.InfoHashV2);
            await shards.Of(last.InfoHash).CloseAsync(last.InfoHash);
            await ledger.CloseFileAsync(last.InfoHash);
        }
        // Before the publisher hears: whoever has the link may announce to any silo.
        await news.TellSwarmsChangedAsync();
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
