using System.Text;

namespace Distribution.BitTorrent.Trackers;

/// <summary>A refusal over UDP (BEP 15): 8 bytes, then text for people.</summary>
public sealed record UdpErrorReply(uint TransactionId, string Message)
{
    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpErrorReply? reply)
    {
        reply = UdpReplyHeader.TryParse(packet, UdpTrackerAction.Error, out uint transactionId)
            ? new UdpErrorReply(transactionId, Encoding.UTF8.GetString(packet[UdpReplyHeader.LengthBytes..]))
            : null;
        return reply is not null;
    }

    /// <summary>Answers how many bytes it wrote; text that does not fit is cut.</summary>
    public int Write(Span<byte> destination)
    {
        new UdpReplyHeader(UdpTrackerAction.Error, TransactionId).Write(destination);
        Encoding
            .UTF8.GetEncoder()
            .Convert(Message, destination[UdpReplyHeader.LengthBytes..], flush: true, out _, out int written, out _);
        return UdpReplyHeader.LengthBytes + written;
    }
}
