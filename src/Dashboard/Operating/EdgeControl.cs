using Distribution.Contracts.Edges;
using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Operating;

/// <summary>The edge fleet as the operator's page shows and changes it; each change is in the audit log.</summary>
internal sealed class EdgeControl(IGrainFactory grains, AuditTrail audit)
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(1);

    private IFleetGrain Grain => grains.GetGrain<IFleetGrain>(0);

    public Task<IReadOnlyList<FleetNode>> ListAsync() => Grain.ListAsync();

    public async Task<EdgeToken> CreateTokenAsync()
    {
        EdgeToken token = await Grain.CreateTokenAsync(TokenLifetime);
        await audit.LogAsync(audit.OperatorEntry("edge.token-made"));
        return token;
    }

    /// <summary>Null: there is no such node.</summary>
    public async Task<FleetNode?> FindAsync(string nodeId) =>
        (await Grain.ListAsync()).FirstOrDefault(node => node.NodeId == nodeId);

    /// <param name="ifStill">The state that the node must be in before, else it is a conflict; null: any.</param>
    public async Task<EdgeStateChange> SetStateAsync(string nodeId, EdgeNodeState state, EdgeNodeState? ifStill = null)
    {
        EdgeStateChange change = await Grain.ChangeStateAsync(nodeId, state, ifStill);
        if (change != EdgeStateChange.Done)
            return change;
        string action = state switch
        {
            EdgeNodeState.Draining => "edge.drained",
            EdgeNodeState.Retired => "edge.retired",
            _ => "edge.activated",
        };
        await audit.LogAsync(audit.OperatorEntry(action, nodeId));
        return change;
    }
}
