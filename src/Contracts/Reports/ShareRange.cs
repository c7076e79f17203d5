namespace Distribution.Contracts.Reports;

/// <summary>A share from 0 to 1.</summary>
[GenerateSerializer, Immutable]
public readonly record struct ShareRange(double Low, double High);
