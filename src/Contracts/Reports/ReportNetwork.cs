namespace Distribution.Contracts.Reports;

/// <summary>What of a report went to one network.</summary>
/// <param name="Region">ISO 3166-1 alpha-2; null: not known, or the row is of a system.</param>
/// <param name="System">Number of the autonomous system; null: not known, or the row is of a region.</param>
/// <param name="Bytes">Without what belongs to no viewer: fill, metadata, protocol, waste.</param>
[GenerateSerializer, Immutable]
public sealed record ReportNetwork(string? Region, long? System, ReportBytes Bytes);
