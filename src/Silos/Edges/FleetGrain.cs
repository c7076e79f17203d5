using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Files;
using Distribution.Silos.State;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Distribution.Silos.Edges;

/// <summary>
/// The shell around <see cref="EdgeFleet"/>. Reentrant: nodes that report while the swarms are looked at wait for the one look, and for
/// nobody's write. The fleet itself is only touched between awaits.
/// </summary>
[Reentrant]
internal sealed partial class FleetGrain(
    [PersistentState("fleet", StateGrainStorage.Name)] IPersistentState<FleetState> state,
    FileCatalog catalog,
    SwarmShards shards,
    SiloNews news,
    TimeProvider clock,
    ILogger<FleetGrain> logger
) : Grain, IFleetGrain, IFleetPlanGrain, IDisposable
{
    /// <summary>How old a look at the swarms may be.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly PublishedFiles _files = new(catalog);
    private readonly EdgeFleet _fleet = new(clock);
    private IReadOnlyList<SwarmActivity> _active = [];
    private Dictionary<InfoHash, long> _peerRates = [];
    private Task? _looking;
    private long _lookedAt;

    public void Dispose() => _changing.Dispose();

    public async Task<EdgeToken> CreateTokenAsync(TimeSpan lifetime)
    {
        string token = EdgeNodeKey.NewSecret(EdgeToken.Prefix);
        DateTimeOffset now = clock.GetUtcNow();
        var kept = new EnrolmentToken(EdgeNodeKey.DigestOf(token), now + lifetime);
        await ChangeAsync(before => before.WithToken(kept, now));
        return new EdgeToken(token, kept.ExpiresAt);
    }

    public async Task<string?> EnrolAsync(EdgeEnrolment enrolment)
    {
        string? refusal = null;
        await ChangeAsync(before => before.WithNode(enrolment, clock.GetUtcNow(), out refusal));
        if (refusal is null)
            LogEnrolled(enrolment.NodeId);
        return refusal;
    }

    public Task<string?> FindNodeAsync(string keyDigest) =>
        Task.FromResult(state.State.Nodes.FirstOrDefault(node => node.KeyDigest == keyDigest)?.NodeId);

    public Task<IReadOnlyList<FleetNode>> ListAsync() =>
        Task.FromResult<IReadOnlyList<FleetNode>>([
            .. state
                .State.Nodes.Select(static node => node.NodeId)
                .Union(_fleet.Members.Select(static member => member.NodeId))
                .Order(StringComparer.Ordinal)
                .Select(nodeId => _fleet.Describe(nodeId, state.State)),
        ]);

    public async Task<FleetNode?> SetStateAsync(string nodeId, EdgeNodeState wanted) =>
        await ChangeStateAsync(nodeId, wanted, ifStill: null) switch
        {
            EdgeStateChange.Unknown => null,
            EdgeStateChange.Retired => throw new InvalidOperationException(
                "A retired node does not come back; enrol it by another id."
            ),
            _ => _fleet.Describe(nodeId, state.State),
        };

    public async Task<EdgeStateChange> ChangeStateAsync(string nodeId, EdgeNodeState wanted, EdgeNodeState? ifStill)
    {
        if (state.State.Find(nodeId) is null && _fleet.Find(nodeId) is null)
            return EdgeStateChange.Unknown;
        var change = EdgeStateChange.Done;
        await ChangeAsync(before =>
        {
            EdgeNodeState now = before.Find(nodeId)?.State ?? EdgeNodeState.Active;
            change =
                ifStill is not null && ifStill != now ? EdgeStateChange.Conflict
                : now == EdgeNodeState.Retired && wanted != now ? EdgeStateChange.Retired
                : EdgeStateChange.Done;
            return change == EdgeStateChange.Done ? before.WithState(nodeId, wanted, clock.GetUtcNow()) : before;
        });
        if (change == EdgeStateChange.Done)
            LogState(nodeId, wanted);
        return change;
    }

    public ValueTask<bool> MayReportAsync(string nodeId, bool hasOwnKey)
    {
        EnrolledNode? known = state.State.Find(nodeId);
        // Whoever has the shared key may not speak for a node that has its own.
        bool may = known?.State != EdgeNodeState.Retired && (hasOwnKey ? known is not null : known?.KeyDigest is null);
        return ValueTask.FromResult(may);
    }

    public async ValueTask<FleetOrder> ReportAsync(FleetReport report)
    {
        if (!await MayReportAsync(report.NodeId, report.HasOwnKey))
            return FleetOrder.Refused;
        IReadOnlyList<PublishedFile> files = await _files.GetAsync();
        if (_fleet.NeedsActivity(state.State))
            await LookAsync();
        else
            _active = [];
        return _fleet.Report(report, state.State, files, _active, swarm => _peerRates.GetValueOrDefault(swarm));
    }

    private async Task LookAsync()
    {
        if (_looking is null && _lookedAt != 0 && clock.GetElapsedTime(_lookedAt) < LookEvery)
            return;
        Task mine = _looking ??= LookOnceAsync();
        try
        {
            await mine;
        }
        finally
        {
            if (ReferenceEquals(_looking, mine))
                _looking = null;
        }
    }

    private async Task LookOnceAsync()
    {
        IReadOnlyList<SwarmActivity>[] all = await Task.WhenAll(
            Enumerable.Range(0, shards.Count).Select(number => ActiveOfAsync(shards[number]))
        );
        List<SwarmActivity> active = [.. all.SelectMany(static some => some)];
        Dictionary<InfoHash, long> rates = [];
        if (_fleet.NeedsRates)
        {
            foreach (SwarmActivity swarm in active)
                rates[swarm.InfoHash] = (await news.ReadTrafficAsync(swarm.InfoHash)).PeerBytesPerSecond;
        }
        (_active, _peerRates) = (active, rates);
        _lookedAt = clock.GetTimestamp();
    }

    private async Task<IReadOnlyList<SwarmActivity>> ActiveOfAsync(ISwarmShardGrain shard)
    {
        try
        {
            return await shard.ListActiveAsync();
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // Its silo has just gone: its swarms count as asleep until another has them, and keep a node as such.
            LogShardAway(fault);
            return [];
        }
    }

    private async Task ChangeAsync(Func<FleetState, FleetState> change)
    {
        await _changing.WaitAsync();
        try
        {
            FleetState before = state.State;
            FleetState after = change(before);
            if (ReferenceEquals(before, after))
                return;
            state.State = after;
            try
            {
                await state.WriteStateAsync();
            }
            catch
            {
                // Not stored, so not so: the caller tries again.
                state.State = before;
                throw;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Edge node {NodeId} is enrolled.")]
    private partial void LogEnrolled(string nodeId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Edge node {NodeId} is now {State}.")]
    private partial void LogState(string nodeId, EdgeNodeState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A shard did not say which swarms are active.")]
    private partial void LogShardAway(Exception fault);
}
