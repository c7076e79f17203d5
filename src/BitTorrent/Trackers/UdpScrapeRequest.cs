namespace Distribution.BitTorrent.Trackers;

/// <summary>A scrape over UDP (BEP 15): 16 bytes, then 1 to 74 info-hashes.</summary>
public sealed record UdpScrapeRequest(ulong ConnectionId, uint TransactionId, IReadOnlyList<InfoHash> InfoHashes)
{
    public const int MaxInfoHashes = 74;

    /// <summary>False: another action, no info-hash, too many, or a cut one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out UdpScrapeRequest? request)
    {
        request = null;
        if (!UdpRequestHeader.TryParse(packet, out UdpRequestHeader header) || header.Action != UdpTrackerAction.Scrape)
            return false;
        ReadOnlySpan<byte> hashes = packet[UdpRequestHeader.LengthBytes..];
        (int count, int rest) = Math.DivRem(hashes.Length, InfoHash.LengthBytes);
        if (rest != 0 || count is 0 or > MaxInfoHashes)
            return false;
        var infoHashes = new InfoHash[count];
        for (int i = 0; i < count; i++)
            infoHashes[i] = new InfoHash(hashes.Slice(i * InfoHash.LengthBytes, InfoHash.LengthBytes));
        request = new UdpScrapeRequest(header.ConnectionId, header.TransactionId, infoHashes);
        return true;
    }

    /// <summary>Answers how many bytes it wrote.</summary>
    public int Write(Span<byte> destination)
    {
        new UdpRequestHeader(ConnectionId, UdpTrackerAction.Scrape, TransactionId).Write(destination);
        int length = UdpRequestHeader.LengthBytes;
        foreach (InfoHash infoHash in InfoHashes)
        {
            infoHash.AsSpan().CopyTo(destination[length..]);
            length += InfoHash.LengthBytes;
        }
        return length;
    }
}
