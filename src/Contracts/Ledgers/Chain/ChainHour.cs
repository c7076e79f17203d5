namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>What one file's hour has grown by since the entries before. An hour's figures are the sum of its entries.</summary>
/// <param name="HourStart">Unix time, a full hour.</param>
/// <param name="IsLate">The hour had been closed before: see <see cref="ChainCheckpoint.Through"/>.</param>
/// <param name="InfoHash">Of v1, 40 hexadecimal digits.</param>
/// <param name="Viewers">Ascending by name, none twice, at most <see cref="MaxViewers"/>.</param>
public sealed record ChainHour(
    long Sequence,
    long At,
    long HourStart,
    bool IsLate,
    string PublisherId,
    string FileId,
    string InfoHash,
    ChainFigures Figures,
    IReadOnlyList<ChainViewer> Viewers,
    ChainHash Previous = default,
    ChainHash Hash = default
) : ChainEntry(Sequence, At, Previous, Hash)
{
    /// <summary>More are told in further entries, so that no line is endless.</summary>
    public const int MaxViewers = 1000;
}
