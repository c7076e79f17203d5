namespace Distribution.Silos.Reports;

/// <summary>Prices of a decimal gigabyte (10^9 bytes). The defaults are a mid-size contract's; real ones differ by fifty times.</summary>
public sealed class PriceOptions
{
    /// <summary>ISO 4217. Default USD.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>What the CDN takes per GB: our web seed's sends, the edges' fill, and all bytes of a world without peers. Default 0.02.</summary>
    public decimal CdnPerGigabyte { get; set; } = 0.02m;

    /// <summary>What an edge's GB to a viewer costs. Default 0.005.</summary>
    public decimal EdgePerGigabyte { get; set; } = 0.005m;

    /// <summary>What a GB of upload costs a viewer; shown beside the savings, never taken from them. Default 0.01.</summary>
    public decimal ViewerPerGigabyte { get; set; } = 0.01m;
}
