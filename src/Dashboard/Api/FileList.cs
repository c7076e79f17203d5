namespace Distribution.Dashboard.Api;

/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">The next page's <c>cursor</c>; null on the last page.</param>
public sealed record FileList(IReadOnlyList<FileResource> Items, string? NextCursor);
