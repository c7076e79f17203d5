namespace Distribution.Silos.Edges.Fleet;

/// <summary>A token that nobody has used yet.</summary>
/// <param name="Digest">SHA-256 of its text.</param>
public sealed record EnrolmentToken(string Digest, DateTimeOffset ExpiresAt);
