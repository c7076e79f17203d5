using Distribution.Contracts.Costs;

namespace Distribution.Silos.Reports;

/// <summary>
/// What the report reckons with: a contract, or flat prices of a decimal gigabyte (10^9 bytes). The defaults are a mid-size contract's; real
/// ones differ by fifty times.
/// </summary>
public sealed class PriceOptions
{
    /// <summary>What <see cref="ToContract"/> is called where prices are flat.</summary>
    public const string FlatId = "flat-prices";

    /// <summary>In the place of all flat prices. Default null.</summary>
    public ContractDocument? Contract { get; set; }

    /// <summary>ISO 4217. Default USD.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>What the CDN takes per GB: our web seed's sends, the edges' fill, and all bytes of a world without peers. Default 0.02.</summary>
    public decimal CdnPerGigabyte { get; set; } = 0.02m;

    /// <summary>What an edge's GB to a viewer costs. Default 0.005.</summary>
    public decimal EdgePerGigabyte { get; set; } = 0.005m;

    /// <summary>What a GB of upload costs a viewer; shown beside the savings, never taken from them. Default 0.01.</summary>
    public decimal ViewerPerGigabyte { get; set; } = 0.01m;

    /// <summary>The contract, or the flat prices as one.</summary>
    public Contract ToContract() =>
        Contract?.Contract
        ?? new Contract
        {
            Id = FlatId,
            Name = "Flat prices",
            Currency = Currency,
            Terms =
            [
                new ContractTerms
                {
                    Regions = [new RegionPrice("", 1, new GraduatedTiers([new PriceTier(null, CdnPerGigabyte)]))],
                    Edge = new EdgePrice(EdgePerGigabyte, BillUnits.DecimalGigabyte, PerNodeMonth: 0, Nodes: 0),
                    Viewers = new GigabytePrice(ViewerPerGigabyte, BillUnits.DecimalGigabyte),
                },
            ],
        };
}
