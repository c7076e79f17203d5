using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Operating;

/// <summary>The operator's switch for peer-to-peer, for API and pages alike; each change is in the audit log.</summary>
internal sealed class PeerSwitching(IGrainFactory grains, AuditTrail audit)
{
    private IPeerSwitchGrain Grain => grains.GetGrain<IPeerSwitchGrain>(0);

    public Task<PeerSwitch> ReadAsync() => Grain.ReadAsync();

    /// <param name="ifStill">What the switch must be before; null: anything.</param>
    /// <returns>What it is then; null: it is something else by now.</returns>
    public Task<PeerSwitch?> SetForAllAsync(bool isOff, PeerSwitch? ifStill = null) =>
        Grain.SetAsync(null, isOff, audit.OperatorEntry(ActionOf(isOff)), ifStill);

    public static string ActionOf(bool isOff) => isOff ? "peers.switched-off" : "peers.switched-on";
}
