using Distribution.Contracts.Costs;

namespace Distribution.Contracts.Reports;

/// <summary>Money for the same bytes in two worlds, in short.</summary>
/// <param name="CdnOnly">Had the CDN sent all that was delivered (high).</param>
/// <param name="Actual">What our own sends, the edges, their fill and the platform cost (high).</param>
/// <param name="Saved">CDN-only less actual, for delivered low and high; may be negative.</param>
/// <param name="ViewersBore">What viewers uploaded, at the price of a viewer's gigabyte.</param>
public sealed record ReportCost(decimal CdnOnly, decimal Actual, MoneyRange Saved, decimal ViewersBore)
{
    /// <summary>
    /// Every figure of money that leaves a report is rounded once, at the end: to 10^-12 of the currency, halves to the even neighbour.
    /// <see cref="Saved"/> is the difference of rounded bills, so that it can be checked by hand.
    /// </summary>
    public const int Decimals = 12;

    public static ReportCost Of(CostStatement statement)
    {
        decimal withoutHigh = Round(statement.High.WithoutPeers.Total);
        decimal withHigh = Round(statement.High.WithPeers.Total);
        decimal low = Round(statement.Low.WithoutPeers.Total) - Round(statement.Low.WithPeers.Total);
        return new ReportCost(
            withoutHigh,
            withHigh,
            new MoneyRange(low, withoutHigh - withHigh),
            Round(statement.ViewersBore)
        );
    }

    /// <summary>Without zeros at the end: "1.5", not "1.500".</summary>
    public static decimal Round(decimal amount) =>
        Math.Round(amount, Decimals, MidpointRounding.ToEven) / 1.0000000000000000000000000000m;
}
