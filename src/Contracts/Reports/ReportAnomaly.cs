using Distribution.Contracts.Ledgers;

namespace Distribution.Contracts.Reports;

/// <summary>So many viewers announced what cannot be so. No figure of a report depends on it.</summary>
/// <param name="Kind">One of them.</param>
[GenerateSerializer, Immutable]
public readonly record struct ReportAnomaly(AnnounceAnomalies Kind, long Viewers);
