namespace Distribution.Contracts.Reports;

/// <param name="Start">UTC, inclusive.</param>
[GenerateSerializer, Immutable]
public sealed record ReportBucket(DateTimeOffset Start, ReportBytes Bytes);
