using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// The browsers of one swarm, apart from those who can be dialled: each kind is told of its own only. Soft state; one thread at a time.
/// </summary>
internal sealed class BrowserPeers
{
    /// <summary>More are refused: they are some hundred bytes each.</summary>
    public const int Most = 100_000;

    /// <summary>Looks at so many beyond what is wanted, where many are of no use.</summary>
    private const int SpareLooks = 64;

    private readonly List<BrowserPeer> _peers = [];
    private readonly Dictionary<PeerId, int> _byId = [];

    public int Count => _peers.Count;

    public int Seeds { get; private set; }

    public int Leechers => Count - Seeds;

    /// <summary>What the leechers hold together, in files.</summary>
    public double LeechersCopies =>
        _peers.Sum(static peer => peer.IsSeed ? 0 : (double)peer.HeldShare / SwarmPeers.WholeShare);

    /// <summary>What each leecher holds, in <see cref="SwarmPeers.WholeShare"/>ths.</summary>
    public IEnumerable<int> LeechersShares =>
        _peers.Where(static peer => !peer.IsSeed).Select(static peer => peer.HeldShare);

    public BrowserPeer? Find(in PeerId id) => _byId.TryGetValue(id, out int place) ? _peers[place] : null;

    /// <summary>Nobody of its id may be here.</summary>
    public void Add(BrowserPeer peer)
    {
        _byId.Add(peer.Id, _peers.Count);
        _peers.Add(peer);
        Seeds += peer.IsSeed ? 1 : 0;
    }

    public void SetSeed(BrowserPeer peer, bool isSeed)
    {
        if (peer.IsSeed == isSeed)
            return;
        peer.IsSeed = isSeed;
        Seeds += isSeed ? 1 : -1;
    }

    /// <summary>Does nothing where it is not here.</summary>
    public void Remove(in PeerId id)
    {
        if (!_byId.Remove(id, out int place))
            return;
        Seeds -= _peers[place].IsSeed ? 1 : 0;
        BrowserPeer last = _peers[^1];
        _peers.RemoveAt(_peers.Count - 1);
        if (last.Id != id)
        {
            _peers[place] = last;
            _byId[last.Id] = place;
        }
    }

    /// <param name="now">Unix time in seconds.</param>
    public void Sweep(uint now)
    {
        for (int place = _peers.Count - 1; place >= 0; place--)
        {
            if (_peers[place].ExpiresAt <= now)
                Remove(_peers[place].Id);
        }
    }

    /// <summary>Everybody has to be booked again: the accounts are another file's.</summary>
    public void ForgetSessions()
    {
        foreach (BrowserPeer peer in _peers)
            peer.Booked = null;
    }

    /// <summary>Others at random, none twice; who wants no pieces gets those who do.</summary>
    public List<BrowserPeer> Draw(in PeerId self, bool wantsPieces, int wanted, Random random)
    {
        var drawn = new List<BrowserPeer>(Math.Min(wanted, Count));
        if (wanted <= 0 || Count == 0)
            return drawn;
        int place = random.Next(Count);
        int stride = PeerSample.StrideFor(Count, random);
        for (int looks = Math.Min(Count, 4 * wanted + SpareLooks); looks > 0 && drawn.Count < wanted; looks--)
        {
            BrowserPeer peer = _peers[place];
            if (peer.Id != self && (wantsPieces || peer is { IsSeed: false, IsPartialSeed: false }))
                drawn.Add(peer);
            place = (int)(((long)place + stride) % Count);
        }
        return drawn;
    }
}
