namespace Distribution.BitTorrent.Trackers;

/// <summary>One swarm's counts in a UDP scrape, in the request's order (BEP 15).</summary>
public readonly record struct UdpScrapeCounts(int Seeders, int Completed, int Leechers)
{
    public const int LengthBytes = 12;
}
