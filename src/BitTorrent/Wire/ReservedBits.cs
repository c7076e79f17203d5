namespace Distribution.BitTorrent.Wire;

/// <summary>The eight reserved bytes of a handshake, as one big-endian number.</summary>
[Flags]
public enum ReservedBits : ulong
{
    None = 0,

    /// <summary>BEP 5.</summary>
    Dht = 0x01,

    /// <summary>BEP 6.</summary>
    Fast = 0x04,

    /// <summary>BEP 52: the sender speaks v2, and may be answered with a hybrid's other info-hash.</summary>
    V2 = 0x10,

    /// <summary>BEP 10.</summary>
    Extensions = 0x10_0000,
}
