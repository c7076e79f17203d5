namespace Distribution.Contracts.Costs;

/// <summary>A region of a contract. The ledger does not know where viewers are: the contract states how traffic divides.</summary>
/// <param name="Share">Of all traffic, 0 to 1; those of a contract's regions add up to 1.</param>
public sealed record RegionPrice(string Name, decimal Share, TrafficPlan Plan);
