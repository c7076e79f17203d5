namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>By how much an entry lets a file's hour grow; bytes, never negative. Definitions: docs/accounting.md.</summary>
/// <param name="WebSeed">Sent by web seeds, the plain link apart.</param>
/// <param name="Direct">Sent over the plain link.</param>
public readonly record struct ChainFigures(
    long Low,
    long High,
    long WebSeed,
    long Direct,
    long Edge,
    long EdgeFill,
    long ViewerUpload
);
