using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>The 8 bytes that every UDP reply starts with (BEP 15).</summary>
public readonly record struct UdpReplyHeader(UdpTrackerAction Action, uint TransactionId)
{
    public const int LengthBytes = 8;

    /// <summary>False: shorter than a header. The action may be any number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpReplyHeader header)
    {
        header = default;
        if (packet.Length < LengthBytes)
            return false;
        header = new UdpReplyHeader(
            (UdpTrackerAction)BinaryPrimitives.ReadInt32BigEndian(packet),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..])
        );
        return true;
    }

    internal static bool TryParse(ReadOnlySpan<byte> packet, UdpTrackerAction action, out uint transactionId)
    {
        bool read = TryParse(packet, out UdpReplyHeader header) && header.Action == action;
        transactionId = header.TransactionId;
        return read;
    }

    /// <param name="destination">At least 8 bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, (int)Action);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], TransactionId);
    }
}
