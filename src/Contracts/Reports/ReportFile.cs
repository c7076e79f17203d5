namespace Distribution.Contracts.Reports;

/// <summary>One file's part of a range.</summary>
[GenerateSerializer, Immutable]
public sealed record ReportFile(string FileId, ReportBytes Bytes);
