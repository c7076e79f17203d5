namespace Distribution.Contracts.Edges;

/// <summary>The answer to a heartbeat: everything the node is to do until the next.</summary>
/// <param name="AcknowledgedSequence">The heartbeat's own: all its counters are in the ledger.</param>
/// <param name="IntervalSeconds">Until the next heartbeat.</param>
/// <param name="LeaseSeconds">Without another heartbeat in this time others take over; the node itself goes on seeding.</param>
/// <param name="UploadLimitBytesPerSecond">For the whole node; 0: none.</param>
/// <param name="Assignments">All swarms of the node; one that is missing is dropped.</param>
/// <param name="WantsAllSwarms">The next heartbeat is to name all swarms, not only those that changed: the server knows none of them.</param>
[GenerateSerializer, Immutable]
public sealed record EdgeOrders(
    long AcknowledgedSequence,
    double IntervalSeconds,
    int LeaseSeconds,
    long UploadLimitBytesPerSecond,
    IReadOnlyList<EdgeAssignment> Assignments,
    bool WantsAllSwarms = false
);
