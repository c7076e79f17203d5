namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>By how much an entry lets a file's hour grow; bytes, never negative. Definitions: docs/accounting.md.</summary>
/// <param name="WebSeed">Sent by web seeds, the plain link apart.</param>
/// <param name="Direct">Sent over the plain link.</param>
/// <param name="Cdn">Sent by a CDN; this and what follows are members of a line where one of them is not 0.</param>
public readonly record struct ChainFigures(
    long Low,
    long High,
    long WebSeed,
    long Direct,
    long Edge,
    long EdgeFill,
    long ViewerUpload,
    long Cdn = 0,
    long EdgeMetadata = 0,
    long EdgeOverhead = 0,
    long Waste = 0
)
{
    /// <summary>True: a line says them too. Lines of format 1 never do.</summary>
    internal bool HasOtherSources => (Cdn | EdgeMetadata | EdgeOverhead | Waste) != 0;
}
