namespace Distribution.BitTorrent.Utp;

/// <summary>What a uTP packet is for (BEP 29).</summary>
public enum UtpPacketType
{
    /// <summary>Carries bytes of the stream.</summary>
    Data = 0,

    /// <summary>The last packet of its side; its sequence number ends the stream.</summary>
    Fin = 1,

    /// <summary>Acknowledges alone, and takes no sequence number.</summary>
    State = 2,

    /// <summary>The connection is gone.</summary>
    Reset = 3,

    /// <summary>Asks for a connection.</summary>
    Syn = 4,
}
