namespace Distribution.Dashboard.Api;

/// <param name="NextCursor">Null on the last page.</param>
internal sealed record TakedownList(IReadOnlyList<TakedownResource> Items, string? NextCursor);
