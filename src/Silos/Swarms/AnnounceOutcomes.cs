namespace Distribution.Silos.Swarms;

/// <summary>What clients are told.</summary>
internal static class AnnounceOutcomes
{
    /// <summary>Null where there is a reply.</summary>
    public static string? FailureReason(this AnnounceOutcome outcome) =>
        outcome switch
        {
            AnnounceOutcome.Answered => null,
            AnnounceOutcome.Unregistered => "unregistered torrent",
            AnnounceOutcome.UnusableAddress => "your address cannot be used by peers",
            _ => "the tracker cannot answer now, try again later",
        };
}
