using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>Its browsers, who reach each other by WebRTC alone: offers and answers pass through the tracker.</summary>
public sealed partial class Swarm
{
    private BrowserPeers? _browsers;
    private uint _sweepBrowsersAt;

    private int Seeds => _peers.Seeds + (_browsers?.Seeds ?? 0);

    private int Leechers => _peers.Leechers + (_browsers?.Leechers ?? 0);

    private int Peers => _peers.Count + (_browsers?.Count ?? 0);

    /// <summary>
    /// Null, or why this announce must not be booked: others know a browser's id, so that only its own household can take it over.
    /// </summary>
    internal string? RefusalOf(BrowserAnnounce announce) =>
        _browsers is null ? null
        : _browsers.Find(announce.PeerId) is { } known
            ? IsSameHousehold(known, announce) ? null
                : "this peer_id is another's"
        : _browsers.Count >= BrowserPeers.Most ? "this swarm is full"
        : null;

    /// <summary>The browser as it was booked last; null: it must be booked again.</summary>
    internal BookedViewer? KnownBrowser(in PeerId peerId, IPAddress address) =>
        _browsers?.Find(peerId) is { } known && known.Address.Equals(address) ? known.Booked : null;

    /// <summary>Takes a browser's announce that is booked, and says whom its offers go to.</summary>
    /// <param name="viewer">As the ledger holds it now.</param>
    internal BrowserReply Announce(BrowserAnnounce announce, in BookedViewer viewer)
    {
        uint now = Touch();
        Completed = Math.Max(Completed, viewer.FileCompleted);
        // Somebody may have come while it was booked.
        if (RefusalOf(announce) is { } refusal)
            return BrowserReply.Refused(refusal);
        bool isLeaving =
            announce.Event == AnnounceEvent.Stopped || _selection.IsHeldOut(PublisherId, InfoHash, announce.Address);
        bool isSeed = announce.LeftBytes == 0 && !MayAwaitMetadata(announce.PeerId, viewer.Session);
        bool wantsPieces = !isSeed && announce.Event != AnnounceEvent.Paused;
        if (isLeaving)
            _browsers?.Remove(announce.PeerId);
        else
            Place(announce, viewer, isSeed);
        int interval = IntervalFor(AnnounceTransport.WebSocket, isSeed, now);
        if (_browsers?.Find(announce.PeerId) is { } here)
            here.ExpiresAt = now + (uint)AnnounceInterval.ExpirySecondsFor(interval);
        Report();
        List<BrowserPeer>? others =
            isLeaving || Policy == PeerPolicy.Off || _browsers is null
                ? null
                : BrowsersForBrowsers.Draw(_browsers, announce.PeerId, wantsPieces, announce.Offers, _random);
        return new BrowserReply(
            null,
            interval,
            Seeds + EdgeCount,
            Leechers,
            [.. (others ?? []).Select(static peer => peer.Contact)]
        );
    }

    /// <summary>Where a browser of this swarm is reached; null: it is not here, or none is to hear of others.</summary>
    internal BrowserContact? ContactOf(in PeerId peerId) =>
        Policy == PeerPolicy.Off ? null : _browsers?.Find(peerId)?.Contact;

    /// <summary>Its socket is closed. Who announced meanwhile from another one stays.</summary>
    internal void Leave(in PeerId peerId, BrowserContact contact)
    {
        if (_browsers?.Find(peerId) is not { } known || !known.Contact.Equals(contact))
            return;
        _browsers.Remove(peerId);
        Report();
    }

    private void Place(BrowserAnnounce announce, in BookedViewer viewer, bool isSeed)
    {
        _browsers ??= new BrowserPeers();
        BrowserPeer? peer = _browsers.Find(announce.PeerId);
        if (peer is null)
        {
            peer = new BrowserPeer
            {
                Id = announce.PeerId,
                Address = announce.Address,
                Contact = announce.Contact,
                IsSeed = isSeed,
            };
            _browsers.Add(peer);
        }
        _browsers.SetSeed(peer, isSeed);
        peer.Address = announce.Address;
        peer.Contact = announce.Contact;
        peer.IsPartialSeed = announce.Event == AnnounceEvent.Paused;
        peer.Booked = viewer;
        bool knowsSize = viewer.Session.Phase == ViewerPhase.Counted && announce.LeftBytes > 0;
        peer.HeldShare = knowsSize ? ShareOf(Math.Max(0, SizeBytes - announce.LeftBytes)) : 0;
    }

    private static bool IsSameHousehold(BrowserPeer known, BrowserAnnounce announce) =>
        known.Contact.Equals(announce.Contact)
        || AccountAddress.Of(known.Address) == AccountAddress.Of(announce.Address);

    private void SweepBrowsers(uint now)
    {
        if (_browsers is null || now < _sweepBrowsersAt)
            return;
        _sweepBrowsersAt = now + SweepSeconds;
        _browsers.Sweep(now);
    }
}
