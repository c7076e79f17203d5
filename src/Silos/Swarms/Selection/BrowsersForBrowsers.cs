using Distribution.BitTorrent;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Browsers are told of browsers alone: they reach each other by WebRTC, and nobody else. At random; who wants no pieces is told of those who
/// do. They are few a reply, one for each offer, and their addresses say little, so that no other policy has a say.
/// </summary>
internal static class BrowsersForBrowsers
{
    /// <summary>Looks at so many beyond what is wanted, where many are of no use.</summary>
    private const int SpareLooks = 64;

    /// <summary>Others at random, none twice.</summary>
    public static List<BrowserPeer> Draw(
        BrowserPeers peers,
        in PeerId self,
        bool wantsPieces,
        int wanted,
        Random random
    )
    {
        var drawn = new List<BrowserPeer>(Math.Min(wanted, peers.Count));
        if (wanted <= 0 || peers.Count == 0)
            return drawn;
        int place = random.Next(peers.Count);
        int stride = PeerSample.StrideFor(peers.Count, random);
        for (int looks = Math.Min(peers.Count, 4 * wanted + SpareLooks); looks > 0 && drawn.Count < wanted; looks--)
        {
            BrowserPeer peer = peers[place];
            if (peer.Id != self && (wantsPieces || peer is { IsSeed: false, IsPartialSeed: false }))
                drawn.Add(peer);
            place = (int)(((long)place + stride) % peers.Count);
        }
        return drawn;
    }
}
