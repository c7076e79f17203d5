using System.Buffers.Binary;
using Distribution.BitTorrent.Trackers;

namespace Distribution.Silos.Swarms;

/// <summary>An answer as BEP 15 writes it behind action and transaction: interval, leechers, seeders, then endpoints of the asker's family.</summary>
internal static class CompactReply
{
    public const int HeaderBytes = UdpAnnounceReply.HeaderBytes - UdpReplyHeader.LengthBytes;

    public static void WriteHeader(Span<byte> reply, int intervalSeconds, int leechers, int seeders)
    {
        BinaryPrimitives.WriteInt32BigEndian(reply, intervalSeconds);
        BinaryPrimitives.WriteInt32BigEndian(reply[4..], leechers);
        BinaryPrimitives.WriteInt32BigEndian(reply[8..], seeders);
    }
}
