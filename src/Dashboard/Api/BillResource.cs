using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>What a range costs, line by line.</summary>
public sealed record BillResource(decimal Total, IReadOnlyList<BillLineResource> Lines)
{
    public static BillResource Of(Bill bill) =>
        new(ReportCost.Round(bill.Total), [.. bill.Lines.Select(BillLineResource.Of)]);
}
