namespace Distribution.Contracts.Reports;

/// <summary>Bytes, between what our machines witnessed (<paramref name="Low"/>) and what was reported (<paramref name="High"/>).</summary>
[GenerateSerializer, Immutable]
public readonly record struct ByteRange(long Low, long High);
