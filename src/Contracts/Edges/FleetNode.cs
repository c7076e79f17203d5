namespace Distribution.Contracts.Edges;

/// <summary>One node as operators see it.</summary>
[GenerateSerializer, Immutable]
public sealed record FleetNode
{
    [Id(0)]
    public required string NodeId { get; init; }

    [Id(1)]
    public required EdgeNodeState State { get; init; }

    /// <summary>It has a key of its own; otherwise it shows the shared edge key.</summary>
    [Id(2)]
    public bool IsEnrolled { get; init; }

    /// <summary>It was heard within its lease.</summary>
    [Id(3)]
    public bool IsAlive { get; init; }

    /// <summary>Since this silo's start; null: never.</summary>
    [Id(4)]
    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>As the node says; empty: it does not.</summary>
    [Id(5)]
    public string Region { get; init; } = "";

    /// <summary>0: without limit.</summary>
    [Id(6)]
    public long CapacityBytesPerSecond { get; init; }

    /// <summary>Payload, between its last two heartbeats.</summary>
    [Id(7)]
    public long UploadBytesPerSecond { get; init; }

    [Id(8)]
    public int Connections { get; init; }

    [Id(9)]
    public long CacheBytes { get; init; }

    [Id(10)]
    public long CacheLimitBytes { get; init; }

    /// <summary>Swarms that it was told to seed.</summary>
    [Id(11)]
    public int Swarms { get; init; }

    /// <summary>Of them those with viewers connected to it. A draining node is done at 0.</summary>
    [Id(12)]
    public int SwarmsWithViewers { get; init; }

    [Id(13)]
    public IReadOnlyList<string> Endpoints { get; init; } = [];
}
