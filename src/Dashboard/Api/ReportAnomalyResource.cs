using System.Text.Json.Serialization;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>Viewers of a report whose announces said what cannot be so. Kinds: docs/accounting.md.</summary>
public sealed record ReportAnomalyResource(
    [property: JsonConverter(typeof(LowerCaseEnumConverter<AnnounceAnomalies>))] AnnounceAnomalies Kind,
    long Viewers
)
{
    public static ReportAnomalyResource From(ReportAnomaly anomaly) => new(anomaly.Kind, anomaly.Viewers);
}
