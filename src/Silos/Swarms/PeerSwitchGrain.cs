using Distribution.Contracts.Accounts;
using Distribution.Contracts.Swarms;
using Orleans.Concurrency;

namespace Distribution.Silos.Swarms;

[StatelessWorker]
internal sealed class PeerSwitchGrain(PeerSwitches switches, PeerSwitchTable table, SiloNews news)
    : Grain,
        IPeerSwitchGrain
{
    public Task<PeerSwitch> ReadAsync() => Task.FromResult(switches.Now);

    public async Task FollowAsync()
    {
        await switches.FollowAsync();
        await news.TellSwarmsChangedAsync();
    }

    public async Task<PeerSwitch?> SetAsync(string? publisherId, bool isOff, AuditEntry log, PeerSwitch? ifStill)
    {
        if (!await table.SetAsync(publisherId, isOff, log, ifStill))
            return null;
        await FollowAsync();
        return switches.Now;
    }
}
