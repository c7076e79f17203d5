namespace Distribution.Contracts.Reports;

/// <summary>An entry of the ledger's chain that came after its month was closed.</summary>
/// <param name="Sequence">Of the entry.</param>
/// <param name="At">When it was appended.</param>
/// <param name="HourStart">The hour that it is of.</param>
[GenerateSerializer, Immutable]
public sealed record MonthCorrection(
    long Sequence,
    DateTimeOffset At,
    DateTimeOffset HourStart,
    string FileId,
    ReportBytes Bytes
);
