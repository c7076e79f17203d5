namespace Distribution.BitTorrent.Trackers;

/// <summary>One swarm's counts (BEP 48; BEP 15 calls them seeders, completed, leechers).</summary>
public readonly record struct TrackerScrapeEntry(InfoHash InfoHash, long Complete, long Downloaded, long Incomplete);
