namespace Distribution.BitTorrent.Trackers;

/// <summary>Why an announce or scrape query was refused; <see cref="TrackerQueryErrors.Describe"/> says it in a failure reason.</summary>
public enum TrackerQueryError
{
    None = 0,
    QueryTooLong,
    TooManyParameters,

    /// <summary>A percent sign without two hexadecimal digits.</summary>
    InvalidEscape,
    MissingInfoHash,

    /// <summary>Not 20 bytes.</summary>
    InvalidInfoHash,

    /// <summary>More than one in an announce, or more than a scrape may name.</summary>
    TooManyInfoHashes,
    MissingPeerId,

    /// <summary>Not 20 bytes.</summary>
    InvalidPeerId,
    MissingPort,

    /// <summary>Not 1 to 65535.</summary>
    InvalidPort,

    /// <summary>A count that is no decimal number.</summary>
    InvalidNumber,
    InvalidEvent,
}
