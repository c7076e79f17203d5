using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>
/// The answer to an announce over UDP (BEP 15): 20 bytes, then compact peers. Which family these have is the packet's own: a request over
/// IPv6 is answered with IPv6 peers.
/// </summary>
public sealed record UdpAnnounceReply(
    uint TransactionId,
    int IntervalSeconds,
    int Leechers,
    int Seeders,
    IReadOnlyList<TrackerPeer> Peers
)
{
    public const int HeaderBytes = 20;

    /// <param name="isIPv6">Whether it came over IPv6.</param>
    public static bool TryParse(ReadOnlySpan<byte> packet, bool isIPv6, out UdpAnnounceReply? reply)
    {
        reply = null;
        if (
            packet.Length < HeaderBytes
            || !UdpReplyHeader.TryParse(packet, UdpTrackerAction.Announce, out uint transactionId)
        )
            return false;
        var peers = new List<TrackerPeer>();
        if (!CompactPeers.TryRead(packet[HeaderBytes..], isIPv6, peers))
            return false;
        reply = new UdpAnnounceReply(
            transactionId,
            BinaryPrimitives.ReadInt32BigEndian(packet[8..]),
            BinaryPrimitives.ReadInt32BigEndian(packet[12..]),
            BinaryPrimitives.ReadInt32BigEndian(packet[16..]),
            peers
        );
        return true;
    }

    /// <summary>Answers how many bytes it wrote; peers of another family, and those that no longer fit, are left out.</summary>
    /// <param name="destination">At least 20 bytes.</param>
    /// <param name="isIPv6">Whether the request came over IPv6.</param>
    public int Write(Span<byte> destination, bool isIPv6)
    {
        new UdpReplyHeader(UdpTrackerAction.Announce, TransactionId).Write(destination);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], IntervalSeconds);
        BinaryPrimitives.WriteInt32BigEndian(destination[12..], Leechers);
        BinaryPrimitives.WriteInt32BigEndian(destination[16..], Seeders);
        int length = HeaderBytes;
        foreach (TrackerPeer peer in Peers)
        {
            if (CompactPeers.IsIPv6(peer.Endpoint) != isIPv6)
                continue;
            if (destination.Length - length < CompactPeers.BytesPerPeer(isIPv6))
                break;
            length += CompactPeers.Write(peer.Endpoint, destination[length..]);
        }
        return length;
    }
}
