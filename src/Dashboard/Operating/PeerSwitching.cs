using Distribution.Contracts.Accounts;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Operating;

/// <summary>The operator's switch for peer-to-peer, for API and pages alike; each change is in the audit log.</summary>
internal sealed class PeerSwitching(IGrainFactory grains, AuditTrail audit)
{
    private IPeerSwitchGrain Grain => grains.GetGrain<IPeerSwitchGrain>(0);

    public Task<PeerSwitch> ReadAsync() => Grain.ReadAsync();

    public Task<PeerSwitch> SetForAllAsync(bool isOff) =>
        Grain.SetAsync(null, isOff, audit.OperatorEntry(isOff ? "peers.switched-off" : "peers.switched-on"));

    /// <summary>The entry is in the publisher's own log, too: it is its affair.</summary>
    public Task<PeerSwitch> SetAsync(Publisher publisher, bool isOff) =>
        Grain.SetAsync(
            publisher.Id,
            isOff,
            audit.EntryOf(
                publisher.Id,
                audit.Actor,
                isOff ? "peers.switched-off" : "peers.switched-on",
                publisher.Id,
                publisher.Name
            )
        );
}
