using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>A file's hour of which the chain lacks something.</summary>
/// <param name="HourStart">Unix time.</param>
/// <param name="Growth">What its figures have more than the chain's.</param>
internal sealed record PendingHour(
    long HourStart,
    long FileKey,
    string FileId,
    string PublisherId,
    string InfoHash,
    ChainFigures Growth
);
