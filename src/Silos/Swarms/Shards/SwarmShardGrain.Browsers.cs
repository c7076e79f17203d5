using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>The browsers of its swarms.</summary>
internal sealed partial class SwarmShardGrain : IBrowserShardGrain
{
    public async ValueTask<BrowserReply> AnnounceAsync(InfoHash infoHash, BrowserAnnounce announce)
    {
        var unregistered = BrowserReply.Refused(AnnounceOutcome.Unregistered.FailureReason()!);
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return unregistered;
        ViewerAnnounce toBook = announce.ToViewerAnnounce();
        BookedViewer? viewer;
        lock (_shard.Gate)
        {
            if (swarm.RefusalOf(announce) is { } refusal)
                return BrowserReply.Refused(refusal);
            viewer = swarm.KnownBrowser(announce.PeerId, announce.Address);
        }
        if (viewer is null || _ledger.Changes(viewer.Value, toBook, swarm.Definition.SizeBytes))
            viewer = await _ledger.RecordAnnounceAsync(infoHash, toBook);
        lock (_shard.Gate)
        {
            // It may have been closed meanwhile.
            return viewer is { } booked && ReferenceEquals(_shard.Find(infoHash), swarm)
                ? swarm.Announce(announce, booked)
                : unregistered;
        }
    }

    public async ValueTask<BrowserContact?> FindAsync(InfoHash infoHash, PeerId peerId)
    {
        if (await FindOrAskAsync(infoHash) is not { } swarm)
            return null;
        lock (_shard.Gate)
            return swarm.ContactOf(peerId);
    }

    public ValueTask LeaveAsync(InfoHash infoHash, PeerId peerId, BrowserContact contact)
    {
        lock (_shard.Gate)
            _shard.Find(infoHash)?.Leave(peerId, contact);
        return ValueTask.CompletedTask;
    }
}
