namespace Distribution.BitTorrent.Wire;

/// <summary>Why bytes of a peer connection were refused.</summary>
public enum WireError
{
    None = 0,

    /// <summary>The handshake does not start with 19 and "BitTorrent protocol": another protocol, or an encrypted one.</summary>
    NotBitTorrent,

    /// <summary>A frame is longer than any of its type may be.</summary>
    FrameTooLong,

    /// <summary>A frame's length does not fit its message type.</summary>
    WrongLength,

    /// <summary>A piece index at or beyond the torrent's piece count.</summary>
    PieceOutOfRange,

    /// <summary>An offset or length beyond 31 bits.</summary>
    NumberTooLarge,

    /// <summary>A bitfield with bits set behind the last piece (BEP 3: "spare bits at the end are set to zero").</summary>
    SpareBitsSet,

    /// <summary>An extension message whose dictionary cannot be read.</summary>
    InvalidDictionary,
}
