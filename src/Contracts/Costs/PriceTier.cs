namespace Distribution.Contracts.Costs;

/// <summary>A price of a gigabyte up to a border.</summary>
/// <param name="UpToGigabytes">Of the month's bytes, the border included; null: without end, the last tier.</param>
public readonly record struct PriceTier(decimal? UpToGigabytes, decimal PerGigabyte);
