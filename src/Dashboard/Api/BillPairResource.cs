using Distribution.Contracts.Costs;

namespace Distribution.Dashboard.Api;

/// <summary>Both bills of the same deliveries, under one contract.</summary>
public sealed record BillPairResource(BillResource WithoutPeers, BillResource WithPeers)
{
    public static BillPairResource Of(BillPair pair) =>
        new(BillResource.Of(pair.WithoutPeers), BillResource.Of(pair.WithPeers));
}
