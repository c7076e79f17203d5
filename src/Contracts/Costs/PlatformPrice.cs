namespace Distribution.Contracts.Costs;

/// <summary>What this system costs: by month, and by what viewers got.</summary>
public sealed record PlatformPrice(decimal PerMonth, decimal PerGigabyte, long BytesPerGigabyte);
