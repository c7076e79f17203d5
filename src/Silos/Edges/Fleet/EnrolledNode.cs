using Distribution.Contracts.Edges;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>What of a node is durable.</summary>
/// <param name="KeyDigest">SHA-256 of its key; null: it has none, or no longer.</param>
/// <param name="TokenDigest">SHA-256 of the token that it came in by.</param>
public sealed record EnrolledNode(
    string NodeId,
    string? KeyDigest,
    string? TokenDigest,
    EdgeNodeState State,
    DateTimeOffset EnrolledAt
);
