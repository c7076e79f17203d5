namespace Distribution.Contracts.Costs;

/// <summary>What edge seeders cost: by what they send, and by machine and month.</summary>
public sealed record EdgePrice(decimal PerGigabyte, long BytesPerGigabyte, decimal PerNodeMonth, decimal Nodes);
