namespace Distribution.Contracts.Ledgers;

/// <summary>An export that begins: its first lines, then the entries from <paramref name="After"/> to <paramref name="Last"/>, then its end.</summary>
/// <param name="FirstLines">Without newlines.</param>
/// <param name="After">Sequence, exclusive.</param>
/// <param name="Last">Sequence, inclusive.</param>
/// <param name="EndLine">Signed for this export.</param>
[GenerateSerializer, Immutable]
public sealed record LedgerExport(IReadOnlyList<string> FirstLines, long After, long Last, string EndLine);
