namespace Distribution.Contracts.Reports;

/// <summary>Money for the same bytes in two worlds, at the configured prices.</summary>
/// <param name="CdnOnly">Had the CDN sent all that was delivered (high).</param>
/// <param name="Actual">What our own sends, the edges and their fill cost.</param>
/// <param name="Saved">CDN-only less actual, for delivered low and high; may be negative.</param>
/// <param name="ViewersBore">What viewers uploaded, at the configured price of a viewer's gigabyte.</param>
[GenerateSerializer, Immutable]
public sealed record ReportCost(decimal CdnOnly, decimal Actual, MoneyRange Saved, decimal ViewersBore);
