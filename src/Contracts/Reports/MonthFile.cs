namespace Distribution.Contracts.Reports;

/// <summary>One file's part of a month's account.</summary>
[GenerateSerializer, Immutable]
public sealed record MonthFile(string FileId, ReportBytes Bytes);
