namespace Distribution.Silos.Edges.Fleet;

/// <summary>One swarm as a node said it last.</summary>
internal sealed class NodeSwarm
{
    public long CachedBytes { get; set; }

    public int Connections { get; set; }

    public int PeerCopies { get; set; }

    /// <summary>Payload, between its last two heartbeats.</summary>
    public long BytesPerSecond { get; set; }

    /// <summary>As last said; a smaller figure is a new count.</summary>
    public long SentBytes { get; set; }

    /// <summary>Since when it is others'; null: it is the node's.</summary>
    public DateTimeOffset? LingersSince { get; set; }

    public bool IsAssigned { get; set; }

    /// <summary>The node has been heard since it was given it: it seeds it by now.</summary>
    public bool IsConfirmed { get; set; }
}
