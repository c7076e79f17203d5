using Distribution.Contracts.Reports;
using Distribution.Silos.State;
using Orleans.Concurrency;

namespace Distribution.Silos.Holdouts;

/// <summary>Other silos follow within seconds.</summary>
[StatelessWorker]
internal sealed class HoldoutGrain(StateDatabase database, HoldoutDraw holdouts) : Grain, IHoldoutGrain
{
    public Task<int> GetAsync(string publisherId) => HoldoutTable.ReadAsync(database, publisherId);

    public async Task<bool> SetAsync(string publisherId, int percent, int? ifStill)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, HoldoutComparison.MostPercent);
        if (!await HoldoutTable.SetAsync(database, publisherId, percent, ifStill))
            return false;
        await HoldoutTable.FollowAsync(database, holdouts);
        return true;
    }
}
