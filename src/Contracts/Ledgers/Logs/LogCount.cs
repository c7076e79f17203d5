namespace Distribution.Contracts.Ledgers.Logs;

/// <summary>What lines of an access log add up to, for one file, receiver and hour.</summary>
/// <param name="Address">The receiver's; null: the log does not tell.</param>
/// <param name="HourStart">Unix time, a full hour.</param>
/// <param name="Bytes">Of bodies.</param>
/// <param name="Lines">So many lines.</param>
[GenerateSerializer, Immutable]
public sealed record LogCount(string FileId, string? Address, long HourStart, long Bytes, long Lines);
