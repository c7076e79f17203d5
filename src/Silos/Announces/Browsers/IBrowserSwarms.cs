using Distribution.BitTorrent;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>The swarms, as the WebSocket front end sees them. Any thread; nothing is thrown but cancellation.</summary>
internal interface IBrowserSwarms
{
    /// <summary>Refusals and failures of ours are answers too.</summary>
    /// <param name="infoHash">As the browser calls the swarm.</param>
    ValueTask<BrowserReply> AnnounceAsync(InfoHash infoHash, BrowserAnnounce announce);

    /// <summary>Null: nobody of this id is there, or nobody can say.</summary>
    ValueTask<BrowserContact?> FindAsync(InfoHash infoHash, PeerId peerId);

    /// <summary>Takes a browser out whose socket is closed.</summary>
    ValueTask LeaveAsync(InfoHash infoHash, PeerId peerId, BrowserContact contact);
}
