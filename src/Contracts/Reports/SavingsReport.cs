namespace Distribution.Contracts.Reports;

/// <summary>The savings report. <paramref name="Buckets"/> add up to <paramref name="Bytes"/>.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Viewers">Distinct viewers that got anything: peers by peer id, others by address.</param>
/// <param name="DownloadOnlyViewers">Of them, those that say they uploaded nothing.</param>
[GenerateSerializer, Immutable]
public sealed record SavingsReport(
    DateTimeOffset From,
    DateTimeOffset To,
    string Currency,
    ReportBytes Bytes,
    int Viewers,
    int DownloadOnlyViewers,
    ReportCost Cost,
    IReadOnlyList<ReportBucket> Buckets
)
{
    /// <summary>Marks on what viewers announced, by kind; those that nobody has are left out.</summary>
    [Id(100)]
    public IReadOnlyList<ReportAnomaly> Anomalies { get; init; } = [];
}
