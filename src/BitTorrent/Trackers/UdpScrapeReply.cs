using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>The answer to a scrape over UDP (BEP 15): 8 bytes, then 12 for each swarm, in the request's order.</summary>
public sealed record UdpScrapeReply(uint TransactionId, IReadOnlyList<UdpScrapeCounts> Swarms)
{
    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpScrapeReply? reply)
    {
        reply = null;
        if (!UdpReplyHeader.TryParse(packet, UdpTrackerAction.Scrape, out uint transactionId))
            return false;
        ReadOnlySpan<byte> rest = packet[UdpReplyHeader.LengthBytes..];
        if (rest.Length % UdpScrapeCounts.LengthBytes != 0)
            return false;
        var swarms = new List<UdpScrapeCounts>(rest.Length / UdpScrapeCounts.LengthBytes);
        for (; !rest.IsEmpty; rest = rest[UdpScrapeCounts.LengthBytes..])
        {
            swarms.Add(
                new UdpScrapeCounts(
                    BinaryPrimitives.ReadInt32BigEndian(rest),
                    BinaryPrimitives.ReadInt32BigEndian(rest[4..]),
                    BinaryPrimitives.ReadInt32BigEndian(rest[8..])
                )
            );
        }
        reply = new UdpScrapeReply(transactionId, swarms);
        return true;
    }

    /// <summary>Answers how many bytes it wrote.</summary>
    public int Write(Span<byte> destination)
    {
        new UdpReplyHeader(UdpTrackerAction.Scrape, TransactionId).Write(destination);
        int length = UdpReplyHeader.LengthBytes;
        foreach (UdpScrapeCounts swarm in Swarms)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination[length..], swarm.Seeders);
            BinaryPrimitives.WriteInt32BigEndian(destination[(length + 4)..], swarm.Completed);
            BinaryPrimitives.WriteInt32BigEndian(destination[(length + 8)..], swarm.Leechers);
            length += UdpScrapeCounts.LengthBytes;
        }
        return length;
    }
}
