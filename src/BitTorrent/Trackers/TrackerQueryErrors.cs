namespace Distribution.BitTorrent.Trackers;

public static class TrackerQueryErrors
{
    /// <summary>A failure reason for a client's user, in plain ASCII.</summary>
    public static string Describe(this TrackerQueryError error) =>
        error switch
        {
            TrackerQueryError.None => "",
            TrackerQueryError.QueryTooLong => "query too long",
            TrackerQueryError.TooManyParameters => "too many parameters",
            TrackerQueryError.InvalidEscape => "invalid percent-encoding",
            TrackerQueryError.MissingInfoHash => "missing info_hash",
            TrackerQueryError.InvalidInfoHash => "invalid info_hash: it has 20 bytes",
            TrackerQueryError.TooManyInfoHashes => "too many info_hash parameters",
            TrackerQueryError.MissingPeerId => "missing peer_id",
            TrackerQueryError.InvalidPeerId => "invalid peer_id: it has 20 bytes",
            TrackerQueryError.MissingPort => "missing port",
            TrackerQueryError.InvalidPort => "invalid port",
            TrackerQueryError.InvalidNumber => "invalid number",
            TrackerQueryError.InvalidEvent => "invalid event",
            _ => "invalid request",
        };
}
