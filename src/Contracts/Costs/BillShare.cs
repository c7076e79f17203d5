namespace Distribution.Contracts.Costs;

/// <summary>Which part of a line falls to one file: its bytes of those of all files.</summary>
[GenerateSerializer, Immutable]
public readonly record struct BillShare(decimal Bytes, decimal OfBytes)
{
    /// <summary>From 0 to 1; 0 where nobody got anything, and the line belongs to no file.</summary>
    public decimal Part => OfBytes == 0 ? 0 : Bytes / OfBytes;
}
