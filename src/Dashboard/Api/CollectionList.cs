namespace Distribution.Dashboard.Api;

/// <param name="Items">By name.</param>
public sealed record CollectionList(IReadOnlyList<CollectionResource> Items);
