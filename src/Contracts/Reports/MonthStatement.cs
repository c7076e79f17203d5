using Distribution.Contracts.Costs;

namespace Distribution.Contracts.Reports;

/// <summary>
/// A calendar month's account. Once it is closed its figures stay; what becomes known later stands beside them, as
/// <paramref name="Corrections"/>.
/// </summary>
/// <param name="From">UTC, inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="ClosesAt">From then on the month is closed.</param>
/// <param name="IsClosed">False: it still grows.</param>
/// <param name="Bytes">Without the corrections.</param>
/// <param name="Statement">The bills for <paramref name="Bytes"/>, under the contract of today.</param>
/// <param name="Files">Of each file with any bytes, the most delivered first.</param>
/// <param name="Corrections">What was booked after the close, oldest first.</param>
[GenerateSerializer, Immutable]
public sealed record MonthStatement(
    DateTimeOffset From,
    DateTimeOffset To,
    DateTimeOffset ClosesAt,
    bool IsClosed,
    ReportBytes Bytes,
    CostStatement Statement,
    IReadOnlyList<MonthFile> Files,
    IReadOnlyList<MonthCorrection> Corrections
)
{
    /// <summary>Logs of CDNs and counters of senders that were away come in within it.</summary>
    public static readonly TimeSpan ClosesAfter = TimeSpan.FromHours(72);
}
