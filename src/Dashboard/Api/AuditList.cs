namespace Distribution.Dashboard.Api;

/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">Null on the last page.</param>
internal sealed record AuditList(IReadOnlyList<AuditResource> Items, string? NextCursor);
