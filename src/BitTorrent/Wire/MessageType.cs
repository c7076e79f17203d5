namespace Distribution.BitTorrent.Wire;

/// <summary>Peer messages by their id on the wire (BEP 3, BEP 5, BEP 6, BEP 10, BEP 52); ids not named here are passed over.</summary>
public enum MessageType
{
    /// <summary>A frame without a body.</summary>
    KeepAlive = -1,
    Choke = 0,
    Unchoke = 1,
    Interested = 2,
    NotInterested = 3,
    Have = 4,
    Bitfield = 5,
    Request = 6,
    Piece = 7,
    Cancel = 8,
    Port = 9,
    SuggestPiece = 13,
    HaveAll = 14,
    HaveNone = 15,
    RejectRequest = 16,
    AllowedFast = 17,
    Extended = 20,
    HashRequest = 21,
    Hashes = 22,
    HashReject = 23,
}
