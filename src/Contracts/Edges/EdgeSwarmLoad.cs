namespace Distribution.Contracts.Edges;

/// <summary>How a swarm is with a node now.</summary>
[GenerateSerializer, Immutable]
public sealed record EdgeSwarmLoad
{
    /// <summary>v1, 40 hexadecimal digits.</summary>
    [Id(0)]
    public required string InfoHash { get; init; }

    /// <summary>Of its content on the node's disk.</summary>
    [Id(1)]
    public long CachedBytes { get; init; }

    /// <summary>Viewers that are connected to the node.</summary>
    [Id(2)]
    public int Connections { get; init; }

    /// <summary>Payload since the node took the swarm.</summary>
    [Id(3)]
    public long SentBytes { get; init; }

    /// <summary>How many of the connected viewers hold the rarest piece, of three at the most: 0, and they could not go on without us.</summary>
    [Id(4)]
    public int PeerCopies { get; init; }
}
