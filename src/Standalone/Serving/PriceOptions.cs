namespace Distribution.Standalone.Serving;

/// <summary>What a gigabyte (10⁹ bytes) costs, for the savings report.</summary>
internal sealed record PriceOptions
{
    /// <summary>ISO 4217. Default: USD.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>Sent by the web seed and the plain link, and of the world without peers. Default: 0.085.</summary>
    public decimal CdnPerGigabyte { get; init; } = 0.085m;

    /// <summary>Sent by edge seeders. Default: 0.01.</summary>
    public decimal EdgePerGigabyte { get; init; } = 0.01m;

    /// <summary>What a viewer's own upload costs that viewer. Default: 0.</summary>
    public decimal ViewerPerGigabyte { get; init; }
}
