namespace Distribution.Contracts.Costs;

/// <summary>The same deliveries in two worlds, under one contract.</summary>
/// <param name="WithoutPeers">Had the CDN sent all that viewers got.</param>
/// <param name="WithPeers">What our own machines sent, with the edges, their fill and the platform.</param>
[GenerateSerializer, Immutable]
public sealed record BillPair(Bill WithoutPeers, Bill WithPeers)
{
    /// <summary>Zero and negative are what they are.</summary>
    public decimal Saved => WithoutPeers.Total - WithPeers.Total;
}
