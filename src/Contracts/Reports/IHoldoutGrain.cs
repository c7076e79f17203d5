namespace Distribution.Contracts.Reports;

/// <summary>How many percent of its viewers a publisher keeps from peers, to compare. Stateless: any activation answers, key 0.</summary>
public interface IHoldoutGrain : IGrainWithIntegerKey
{
    Task<int> GetAsync(string publisherId);

    /// <param name="percent">0 to <see cref="HoldoutComparison.MostPercent"/>.</param>
    /// <param name="ifStill">What it must be before; null: anything.</param>
    /// <returns>False: it is something else, and stays.</returns>
    Task<bool> SetAsync(string publisherId, int percent, int? ifStill = null);
}
