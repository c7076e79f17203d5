namespace Distribution.Silos.Swarms;

/// <summary>What a browser's announce comes to.</summary>
/// <param name="FailureReason">Set: it was refused, and nothing else counts.</param>
/// <param name="Seeders">Of all transports, edges included.</param>
/// <param name="OffersTo">Whom its offers go to, one each.</param>
[GenerateSerializer, Immutable]
internal sealed record BrowserReply(
    string? FailureReason,
    int IntervalSeconds,
    int Seeders,
    int Leechers,
    IReadOnlyList<BrowserContact> OffersTo
)
{
    public static BrowserReply Refused(string reason) => new(reason, 0, 0, 0, []);
}
