using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>The edge nodes that seed a swarm now.</summary>
internal sealed class SwarmEdges
{
    private readonly Dictionary<string, SwarmEdge> _edges = [];
    private WireEndpoint[] _endpoints = [];

    public int Count => _edges.Count;

    /// <summary>Where they are reached, of both address families.</summary>
    public ReadOnlySpan<WireEndpoint> Endpoints => _endpoints;

    public void Set(string nodeId, SwarmEdge edge)
    {
        _edges[nodeId] = edge;
        ListEndpoints();
    }

    public void Remove(string nodeId)
    {
        if (_edges.Remove(nodeId))
            ListEndpoints();
    }

    /// <summary>Who missed its lease is no longer handed out.</summary>
    public void Expire(DateTimeOffset time)
    {
        foreach ((string nodeId, SwarmEdge edge) in _edges)
        {
            if (edge.ExpiresAt <= time)
                Remove(nodeId);
        }
    }

    private void ListEndpoints() =>
        _endpoints = [.. _edges.Values.SelectMany(static edge => edge.Endpoints).Select(WireEndpoint.Of)];
}
