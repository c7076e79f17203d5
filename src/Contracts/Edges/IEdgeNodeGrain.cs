namespace Distribution.Contracts.Edges;

/// <summary>One edge node; keyed by its id.</summary>
public interface IEdgeNodeGrain : IGrainWithStringKey
{
    /// <summary>Books the counters, renews the lease, answers the orders. Booked means durable.</summary>
    /// <param name="sourceAddress">Where the heartbeat came from.</param>
    /// <param name="hasOwnKey">Shown was this node's own key; otherwise the shared one.</param>
    /// <returns>Null: the node may not report, and nothing was booked.</returns>
    Task<EdgeOrders?> HeartbeatAsync(EdgeHeartbeat heartbeat, string sourceAddress, bool hasOwnKey);
}
