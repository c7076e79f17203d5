using Distribution.Contracts.Costs;

namespace Distribution.Contracts.Reports;

/// <summary>The savings report. <paramref name="Buckets"/> add up to <paramref name="Bytes"/>.</summary>
/// <param name="Viewers">Distinct viewers that got anything: peers by peer id, others by address.</param>
/// <param name="DownloadOnlyViewers">Of them, those that say they uploaded nothing.</param>
/// <param name="Statement">The bills under the publisher's own contract.</param>
/// <param name="Other">Under the contract that was asked for; null: none was.</param>
[GenerateSerializer, Immutable]
public sealed record SavingsReport(
    DateTimeOffset From,
    DateTimeOffset To,
    ReportBytes Bytes,
    int Viewers,
    int DownloadOnlyViewers,
    CostStatement Statement,
    IReadOnlyList<ReportBucket> Buckets,
    CostStatement? Other = null
)
{
    /// <summary>ISO 4217, of <see cref="Statement"/>.</summary>
    public string Currency => Statement.Currency;

    /// <summary>The bills in short.</summary>
    public ReportCost Cost => ReportCost.Of(Statement);

    /// <summary>Marks on what viewers announced, by kind; those that nobody has are left out.</summary>
    [Id(100)]
    public IReadOnlyList<ReportAnomaly> Anomalies { get; init; } = [];
}
