namespace Distribution.BitTorrent.Trackers;

/// <summary>What a browser asks of a WebSocket tracker.</summary>
public enum SignallingAction
{
    /// <summary>None that we know.</summary>
    Unknown = 0,
    Announce,
    Scrape,
}
