using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>Gives a connection id (BEP 15): 16 bytes.</summary>
public readonly record struct UdpConnectReply(uint TransactionId, ulong ConnectionId)
{
    public const int LengthBytes = 16;

    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpConnectReply reply)
    {
        reply = default;
        if (
            packet.Length < LengthBytes
            || !UdpReplyHeader.TryParse(packet, UdpTrackerAction.Connect, out uint transactionId)
        )
            return false;
        reply = new UdpConnectReply(
            transactionId,
            BinaryPrimitives.ReadUInt64BigEndian(packet[UdpReplyHeader.LengthBytes..])
        );
        return true;
    }

    /// <summary>Answers how many bytes it wrote.</summary>
    public int Write(Span<byte> destination)
    {
        new UdpReplyHeader(UdpTrackerAction.Connect, TransactionId).Write(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[UdpReplyHeader.LengthBytes..], ConnectionId);
        return LengthBytes;
    }
}
