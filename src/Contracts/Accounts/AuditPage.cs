namespace Distribution.Contracts.Accounts;

/// <param name="Entries">Newest first.</param>
/// <param name="NextCursor">Null on the last page.</param>
[GenerateSerializer, Immutable]
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? NextCursor);
