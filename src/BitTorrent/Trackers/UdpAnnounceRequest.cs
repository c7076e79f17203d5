using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>
/// An announce over UDP (BEP 15): 98 bytes, then options (BEP 41), which <see cref="UdpAnnounceOptions"/> reads and which change nothing of
/// it. Its IP address field is read over too: a peer's address is where its packets come from.
/// </summary>
/// <param name="LeftBytes">As sent; a client that does not know yet may send any value, negative ones included.</param>
/// <param name="NumWant">Null for -1, the default.</param>
public readonly record struct UdpAnnounceRequest(
    ulong ConnectionId,
    uint TransactionId,
    InfoHash InfoHash,
    PeerId PeerId,
    long DownloadedBytes,
    long LeftBytes,
    long UploadedBytes,
    TrackerEvent Event,
    uint Key,
    int? NumWant,
    ushort Port
)
{
    public const int LengthBytes = 98;

    /// <summary>False: too short, another action, or an event or port that does not exist.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpAnnounceRequest request)
    {
        request = default;
        if (
            packet.Length < LengthBytes
            || !UdpRequestHeader.TryParse(packet, out UdpRequestHeader header)
            || header.Action != UdpTrackerAction.Announce
        )
            return false;
        int trackerEvent = BinaryPrimitives.ReadInt32BigEndian(packet[80..]);
        int numWant = BinaryPrimitives.ReadInt32BigEndian(packet[92..]);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(packet[96..]);
        if (trackerEvent is < (int)TrackerEvent.None or > (int)TrackerEvent.Stopped || port == 0)
            return false;
        request = new UdpAnnounceRequest(
            header.ConnectionId,
            header.TransactionId,
            new InfoHash(packet.Slice(16, InfoHash.LengthBytes)),
            new PeerId(packet.Slice(36, PeerId.LengthBytes)),
            Math.Max(0, BinaryPrimitives.ReadInt64BigEndian(packet[56..])),
            BinaryPrimitives.ReadInt64BigEndian(packet[64..]),
            Math.Max(0, BinaryPrimitives.ReadInt64BigEndian(packet[72..])),
            (TrackerEvent)trackerEvent,
            BinaryPrimitives.ReadUInt32BigEndian(packet[88..]),
            numWant < 0 ? null : numWant,
            port
        );
        return true;
    }

    /// <summary>Answers how many bytes it wrote.</summary>
    /// <param name="destination">At least 98 bytes.</param>
    public int Write(Span<byte> destination)
    {
        destination[..LengthBytes].Clear();
        new UdpRequestHeader(ConnectionId, UdpTrackerAction.Announce, TransactionId).Write(destination);
        InfoHash.AsSpan().CopyTo(destination[16..]);
        PeerId.AsSpan().CopyTo(destination[36..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[56..], DownloadedBytes);
        BinaryPrimitives.WriteInt64BigEndian(destination[64..], LeftBytes);
        BinaryPrimitives.WriteInt64BigEndian(destination[72..], UploadedBytes);
        BinaryPrimitives.WriteInt32BigEndian(destination[80..], (int)Event);
        BinaryPrimitives.WriteUInt32BigEndian(destination[88..], Key);
        BinaryPrimitives.WriteInt32BigEndian(destination[92..], NumWant ?? -1);
        BinaryPrimitives.WriteUInt16BigEndian(destination[96..], Port);
        return LengthBytes;
    }
}
