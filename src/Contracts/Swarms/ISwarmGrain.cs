using System.Net;
using Distribution.Contracts.Edges;

namespace Distribution.Contracts.Swarms;

/// <summary>
/// The authority over one swarm; keyed by its v1 info-hash, 40 hexadecimal digits in lower case. Policy and counts of completion are
/// durable; peers are soft state that comes back with the next announce.
/// </summary>
public interface ISwarmGrain : IGrainWithStringKey
{
    /// <summary>
    /// Opens the swarm, or gives an open one its new policy. The same content may be published as several files: they share the swarm, and
    /// the one opened last has its bytes in the ledger. Durable when it returns.
    /// </summary>
    Task OpenAsync(SwarmDefinition definition);

    /// <summary>
    /// Takes this file out of the swarm. With the last one, every later announce is refused and the edges are taken away. Durable when it
    /// returns.
    /// </summary>
    Task CloseAsync(string fileId);

    /// <summary>What it is now, for whoever holds its peers; null for a swarm that is not open.</summary>
    Task<OpenSwarm?> ReadOpenAsync();

    /// <summary>Null for a swarm that is not open.</summary>
    Task<SwarmSnapshot?> GetSnapshotAsync();

    /// <summary>The same with who holds how much; null for a swarm that is not open.</summary>
    Task<SwarmLive?> GetLiveAsync();

    /// <summary>
    /// Answers how it is now, and tells the watcher of each change for <paramref name="leaseSeconds"/>, at most one a second. Who watches on
    /// says it again before that, and thereby finds the swarm again wherever it is kept by then. Null for a swarm that is not open.
    /// </summary>
    Task<SwarmLive?> WatchAsync(ISwarmWatcher watcher, int leaseSeconds);

    /// <summary>
    /// An edge node seeds this swarm until <paramref name="leaseSeconds"/> from now, at these endpoints. Answers the viewers it should
    /// dial; null: the swarm is closed, drop it.
    /// </summary>
    Task<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    );

    /// <summary>What an edge saw of its peers' progress; durable when it returns.</summary>
    Task WitnessAsync(string nodeId, IReadOnlyList<PeerProgress> progress);
}
