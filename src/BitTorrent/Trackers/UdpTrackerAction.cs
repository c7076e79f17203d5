namespace Distribution.BitTorrent.Trackers;

/// <summary>BEP 15's actions.</summary>
public enum UdpTrackerAction
{
    Connect = 0,
    Announce = 1,
    Scrape = 2,
    Error = 3,
}
