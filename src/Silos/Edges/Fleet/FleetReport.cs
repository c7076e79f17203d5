using System.Net;
using Distribution.Contracts.Edges;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>What the fleet has to know of a heartbeat.</summary>
/// <param name="HasOwnKey">Shown was the node's own key, not the shared one.</param>
[GenerateSerializer, Immutable]
internal sealed record FleetReport(
    string NodeId,
    bool HasOwnKey,
    EdgeHeartbeat Heartbeat,
    IReadOnlyList<IPEndPoint> Endpoints
);
