namespace Distribution.Contracts.Edges;

/// <summary>How an edge's audits of one peer ended: it asked for random blocks of pieces that the peer shows, and compared them with its own.</summary>
/// <param name="Confirmed">The right bytes came.</param>
/// <param name="Unanswered">The peer did not let the edge ask, refused, or said nothing, as honest clients may.</param>
/// <param name="Wrong">Other bytes came.</param>
[GenerateSerializer, Immutable]
public readonly record struct AuditCounts(int Confirmed, int Unanswered, int Wrong);
