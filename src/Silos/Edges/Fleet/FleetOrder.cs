namespace Distribution.Silos.Edges.Fleet;

/// <summary>What a node is to do until its next heartbeat.</summary>
/// <param name="IsRefused">It may not report: it is retired, or has a key of its own and showed another.</param>
/// <param name="WantsAllSwarms">The fleet knows nothing of what the node has.</param>
[GenerateSerializer, Immutable]
internal sealed record FleetOrder(bool IsRefused, bool WantsAllSwarms, IReadOnlyList<SwarmOrder> Swarms)
{
    public static FleetOrder Refused { get; } = new(true, false, []);
}
