namespace Distribution.Dashboard.Api;

/// <param name="NextCursor">The next page's <c>cursor</c>; null on the last page.</param>
internal sealed record ItemList<T>(IReadOnlyList<T> Items, string? NextCursor);
