namespace Distribution.Contracts.Swarms;

/// <param name="FailureReason">Set: the announce was refused, and nothing else counts.</param>
/// <param name="IntervalSeconds">Until the next regular announce.</param>
/// <param name="MinIntervalSeconds">No announce is wanted sooner.</param>
/// <param name="Seeders">Complete peers, edges included (BEP 3 <c>complete</c>).</param>
/// <param name="Leechers">BEP 3 <c>incomplete</c>.</param>
[GenerateSerializer, Immutable]
public sealed record AnnounceReply(
    string? FailureReason,
    int IntervalSeconds,
    int MinIntervalSeconds,
    int Seeders,
    int Leechers,
    IReadOnlyList<SwarmPeer> Peers
)
{
    public static AnnounceReply Refused(string reason) => new(reason, 0, 0, 0, 0, []);
}
