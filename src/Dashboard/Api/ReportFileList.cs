namespace Distribution.Dashboard.Api;

/// <param name="Items">The most delivered first.</param>
/// <param name="NextCursor">Null on the last page.</param>
internal sealed record ReportFileList(IReadOnlyList<ReportFileResource> Items, string? NextCursor);
