namespace Distribution.Silos.Swarms;

/// <summary>The edge nodes that seed a swarm now.</summary>
internal sealed class SwarmEdges
{
    private readonly Dictionary<string, SwarmEdge> _edges = [];

    public int Count => _edges.Count;

    public IReadOnlyCollection<SwarmEdge> All => _edges.Values;

    public void Set(string nodeId, SwarmEdge edge) => _edges[nodeId] = edge;

    public void Remove(string nodeId) => _edges.Remove(nodeId);

    /// <summary>Who missed its lease is no longer handed out.</summary>
    public void Expire(DateTimeOffset time)
    {
        foreach ((string nodeId, SwarmEdge edge) in _edges)
        {
            if (edge.ExpiresAt <= time)
                _edges.Remove(nodeId);
        }
    }
}
