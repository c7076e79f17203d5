using System.Net;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Swarms;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>No swarm is open, whichever is asked for.</summary>
public sealed class NoSwarmGrain : Grain, ISwarmGrain
{
    public Task<OpenSwarm?> ReadOpenAsync() => Task.FromResult<OpenSwarm?>(null);

    public Task OpenAsync(SwarmDefinition definition) => throw new NotSupportedException();

    public Task CloseAsync(string fileId) => throw new NotSupportedException();

    public Task<SwarmSnapshot?> GetSnapshotAsync() => Task.FromResult<SwarmSnapshot?>(null);

    public Task<SwarmLive?> GetLiveAsync() => throw new NotSupportedException();

    public Task<SwarmLive?> WatchAsync(ISwarmWatcher watcher, int leaseSeconds) => throw new NotSupportedException();

    public Task<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    ) => throw new NotSupportedException();

    public Task WitnessAsync(string nodeId, IReadOnlyList<PeerProgress> progress) => throw new NotSupportedException();
}
