namespace Distribution.Contracts.Edges;

/// <summary>One edge node; keyed by its id.</summary>
public interface IEdgeNodeGrain : IGrainWithStringKey
{
    /// <summary>Books the counters, renews the lease, answers the orders. Booked means durable.</summary>
    /// <param name="sourceAddress">Where the heartbeat came from.</param>
    Task<EdgeOrders> HeartbeatAsync(EdgeHeartbeat heartbeat, string sourceAddress);
}
