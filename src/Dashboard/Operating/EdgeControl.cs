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

    /// <returns>False: there is no such node.</returns>
    /// <exception cref="InvalidOperationException">It is retired.</exception>
    public async Task<bool> SetStateAsync(string nodeId, EdgeNodeState state)
    {
        if (await Grain.SetStateAsync(nodeId, state) is null)
            return false;
        string action = state switch
        {
            EdgeNodeState.Draining => "edge.drained",
            EdgeNodeState.Retired => "edge.retired",
            _ => "edge.activated",
        };
        await audit.LogAsync(audit.OperatorEntry(action, nodeId));
        return true;
    }
}
