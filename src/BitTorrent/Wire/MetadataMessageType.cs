namespace Distribution.BitTorrent.Wire;

/// <summary>BEP 9's <c>msg_type</c>.</summary>
public enum MetadataMessageType
{
    Request = 0,
    Data = 1,
    Reject = 2,
}
