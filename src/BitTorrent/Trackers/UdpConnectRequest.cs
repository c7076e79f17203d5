namespace Distribution.BitTorrent.Trackers;

/// <summary>Asks for a connection id (BEP 15): 16 bytes.</summary>
public readonly record struct UdpConnectRequest(uint TransactionId)
{
    /// <summary>Stands where other requests have their connection id.</summary>
    public const ulong ProtocolId = 0x41727101980;

    public const int LengthBytes = UdpRequestHeader.LengthBytes;

    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpConnectRequest request)
    {
        bool read =
            UdpRequestHeader.TryParse(packet, out UdpRequestHeader header)
            && header is { ConnectionId: ProtocolId, Action: UdpTrackerAction.Connect };
        request = new UdpConnectRequest(header.TransactionId);
        return read;
    }

    /// <summary>Answers how many bytes it wrote.</summary>
    public int Write(Span<byte> destination)
    {
        new UdpRequestHeader(ProtocolId, UdpTrackerAction.Connect, TransactionId).Write(destination);
        return LengthBytes;
    }
}
