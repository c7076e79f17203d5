namespace Distribution.Contracts.Edges;

/// <summary>
/// What one peer showed on the wire to one edge, by bitfield, have and have-all (BEP 3, BEP 6). Both figures only ever describe
/// one connection's peer id, so that a repeat counts once.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record PeerProgress
{
    [Id(0)]
    public required string InfoHash { get; init; }

    /// <summary>40 hexadecimal digits, from the peer's handshake.</summary>
    [Id(1)]
    public required string PeerId { get; init; }

    /// <summary>The connection's remote address, without port.</summary>
    [Id(2)]
    public required string Address { get; init; }

    /// <summary>Its listening port, from a dialled endpoint or BEP 10's <c>p</c>; 0 where unknown.</summary>
    [Id(3)]
    public int ListenPort { get; init; }

    /// <summary>What it held when this edge first saw it.</summary>
    [Id(4)]
    public required long FirstHaveBytes { get; init; }

    /// <summary>What it holds now.</summary>
    [Id(5)]
    public required long HaveBytes { get; init; }

    /// <summary>Since this edge first saw it.</summary>
    [Id(6)]
    public AuditCounts Audits { get; init; }
}
