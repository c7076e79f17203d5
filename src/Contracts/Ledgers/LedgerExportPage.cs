namespace Distribution.Contracts.Ledgers;

/// <param name="Lines">Without newlines.</param>
/// <param name="Last">The sequence to go on after.</param>
[GenerateSerializer, Immutable]
public sealed record LedgerExportPage(IReadOnlyList<string> Lines, long Last);
