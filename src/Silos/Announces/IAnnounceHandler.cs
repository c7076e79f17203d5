using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Announces;

/// <summary>What every front end of the tracker (HTTP, UDP, later WebSocket) hands its announces to. Any thread.</summary>
public interface IAnnounceHandler
{
    /// <summary>Answers one announce. Refusals and failures of ours are answers too: nothing is thrown but cancellation.</summary>
    /// <param name="transport">"http" or "udp", for the metrics.</param>
    ValueTask<AnnounceReply> AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport);

    /// <summary>Null for a swarm that is not open, or cannot answer now.</summary>
    ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash);
}
