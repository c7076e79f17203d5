using Distribution.Contracts.Ledgers;

namespace Distribution.Contracts.Edges;

/// <summary>
/// All that an edge node tells the silos, in one call (<c>POST /api/v1/edge/{node}/heartbeat</c>). Counters are cumulative within
/// <see cref="Epoch"/>, so that a heartbeat lost or sent twice counts once.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record EdgeHeartbeat
{
    /// <summary>Names the node's counter file; a new file is a new epoch. 16 hexadecimal digits.</summary>
    [Id(0)]
    public required string Epoch { get; init; }

    /// <summary>Grows by one with each heartbeat of the process.</summary>
    [Id(1)]
    public required long Sequence { get; init; }

    /// <summary>Where viewers reach the node, "address:port" or "[address]:port"; empty: the heartbeat's source address with <see cref="Port"/>.</summary>
    [Id(2)]
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    [Id(3)]
    public required int Port { get; init; }

    /// <summary>Open peer connections.</summary>
    [Id(4)]
    public int Connections { get; init; }

    [Id(5)]
    public long CacheBytes { get; init; }

    [Id(6)]
    public long CacheLimitBytes { get; init; }

    /// <summary>
    /// Payload sent to viewers (<see cref="SendKind.Edge"/>), cumulative per hour, file and address; and what was sent beside it, per hour and
    /// file, under the address 0.0.0.0.
    /// </summary>
    [Id(7)]
    public IReadOnlyList<SendCounter> Sends { get; init; } = [];

    /// <summary>Peers whose progress changed since the last heartbeat that was answered.</summary>
    [Id(8)]
    public IReadOnlyList<PeerProgress> Progress { get; init; } = [];

    /// <summary>Set once on the way down: the node leaves its swarms after this heartbeat.</summary>
    [Id(9)]
    public bool Leaving { get; init; }

    /// <summary>Where the node stands, in the operator's words, such as a country's two letters; empty: not said.</summary>
    [Id(11)]
    public string Region { get; init; } = "";

    /// <summary>What it may send to all viewers together; 0: without limit.</summary>
    [Id(12)]
    public long CapacityBytesPerSecond { get; init; }

    /// <summary>Swarms that are otherwise than in the last heartbeat that was answered; all of them where the orders asked for that.</summary>
    [Id(13)]
    public IReadOnlyList<EdgeSwarmLoad> Swarms { get; init; } = [];

    /// <summary>Payload that peers sent for audits since the process began: neither a delivery nor a fill.</summary>
    [Id(10)]
    public long AuditBytes { get; init; }
}
