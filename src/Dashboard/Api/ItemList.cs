namespace Distribution.Dashboard.Api;

/// <summary>A list that is short enough to come whole.</summary>
internal sealed record ItemList<T>(IReadOnlyList<T> Items);
