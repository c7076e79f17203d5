namespace Distribution.Contracts.Costs;

/// <summary>What a range costs, line by line; <see cref="Total"/> is their sum, not rounded.</summary>
[GenerateSerializer, Immutable]
public sealed record Bill(IReadOnlyList<BillLine> Lines)
{
    public decimal Total => Lines.Sum(static line => line.Amount);
}
