namespace Distribution.Silos.Edges;

/// <summary>All nodes, by id.</summary>
internal sealed record EdgeNodeList(IReadOnlyList<EdgeNodeResource> Items);
