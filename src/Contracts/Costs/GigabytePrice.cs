namespace Distribution.Contracts.Costs;

/// <param name="BytesPerGigabyte">10^9 or 2^30.</param>
public sealed record GigabytePrice(decimal PerGigabyte, long BytesPerGigabyte);
