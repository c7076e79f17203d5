using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>The 16 bytes that every UDP request starts with (BEP 15). In a connect the connection id is the protocol's magic.</summary>
public readonly record struct UdpRequestHeader(ulong ConnectionId, UdpTrackerAction Action, uint TransactionId)
{
    public const int LengthBytes = 16;

    /// <summary>False: shorter than a header. The action may be any number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpRequestHeader header)
    {
        header = default;
        if (packet.Length < LengthBytes)
            return false;
        header = new UdpRequestHeader(
            BinaryPrimitives.ReadUInt64BigEndian(packet),
            (UdpTrackerAction)BinaryPrimitives.ReadInt32BigEndian(packet[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[12..])
        );
        return true;
    }

    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, ConnectionId);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], (int)Action);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], TransactionId);
    }
}
