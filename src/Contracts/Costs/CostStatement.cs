namespace Distribution.Contracts.Costs;

/// <summary>Both bills of a range under a contract, for what was delivered at least (low) and at most (high).</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ViewersBore">What viewers uploaded, at their price; in no bill.</param>
/// <param name="UnpricedBytes">Delivered (high) in hours for which the contract has no terms.</param>
[GenerateSerializer, Immutable]
public sealed record CostStatement(
    string ContractId,
    string ContractName,
    string Currency,
    BillPair Low,
    BillPair High,
    decimal ViewersBore,
    long UnpricedBytes
)
{
    /// <summary>True: a 95th percentile of hours stands for one of shorter samples.</summary>
    public bool IsApproximate =>
        High.WithoutPeers.Lines.Concat(High.WithPeers.Lines).Any(static line => line.Item == BillItem.PeakRate);
}
