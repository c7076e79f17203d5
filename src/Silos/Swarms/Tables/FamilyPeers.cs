using System.Runtime.CompilerServices;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Networks;
using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// The peers of one swarm and address family, dense, in three sections: leechers, seeds, and those who left a moment ago. A peer changes
/// section by swapping places at the borders, so leechers and seeds are always runs that a reply copies from.
/// </summary>
/// <remarks>
/// Records and endpoints lie in pages of 512, so growing copies nothing; a small swarm has one page of its size. Positions change
/// with every change of membership: nobody keeps one.
/// </remarks>
internal sealed partial class FamilyPeers(bool isIPv6)
{
    private const int PageShift = 9;
    private const int PageSize = 1 << PageShift;

    /// <summary>Up to so many are found by looking through them.</summary>
    private const int MostWithoutIndex = 8;

    private readonly int _endpointBytes = CompactPeers.BytesPerPeer(isIPv6);
    private PeerRecord[] _records = [];
    private byte[] _endpoints = [];

    // Replaced as a whole when they grow. The places behind the pages in use are free.
    private PeerRecord[][]? _recordPages;
    private byte[][]? _endpointPages;
    private int _pages;

    // Like the other two; null where no network was ever set.
    private ushort[][]? _networkPages;
    private PeerIndex _byId;
    private PeerIndex _byEndpoint;
    private ScopeCounts _scopes;

    /// <summary>They come first.</summary>
    public int Leechers { get; private set; }

    /// <summary>Leechers and seeds.</summary>
    public int Active { get; private set; }

    public int Seeds => Active - Leechers;

    /// <summary>With those who left.</summary>
    public int Count { get; private set; }

    public bool IsIPv6 => _endpointBytes == CompactPeers.IPv6Bytes;

    public int EndpointBytes => _endpointBytes;

    /// <summary>Sum of the leechers' <see cref="PeerRecord.HeldShare"/>.</summary>
    public long HeldShares { get; private set; }

    /// <summary>Where the next sweep goes on; the table itself does not use it.</summary>
    public int SweepCursor { get; set; }

    /// <summary>Kept by peer selection, in swarms that are too large to be looked through; the table itself does not use it.</summary>
    public Neighbourhoods? Neighbourhoods { get; set; }

    /// <summary>No room for more: the index cannot name them.</summary>
    public bool IsFull => Count >= PeerIndex.MaxPositions;

    public ref PeerRecord this[int position]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get =>
            ref _recordPages is null
                ? ref _records[position]
                : ref _recordPages[position >> PageShift][position & (PageSize - 1)];
    }

    /// <summary>For those who read many.</summary>
    public EndpointView Endpoints =>
        new(_endpointPages is null ? new ReadOnlySpan<byte[]>(in _endpoints) : _endpointPages, PageShift, isIPv6);

    public ReadOnlySpan<byte> EndpointAt(int position) => WritableEndpointAt(position);

    /// <summary>The address without the port.</summary>
    public ReadOnlySpan<byte> AddressAt(int position) => EndpointAt(position)[..^sizeof(ushort)];

    /// <summary>The network as it was set for this endpoint; 0: it was not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort NetworkAt(int position) =>
        _networkPages is null ? (ushort)0 : _networkPages[position >> PageShift][position & (PageSize - 1)];

    /// <summary>Two bytes a peer, from the first time on.</summary>
    public void SetNetwork(int position, ushort network)
    {
        _networkPages ??= _recordPages is null ? [new ushort[_records.Length]] : MakeNetworkPages();
        _networkPages[position >> PageShift][position & (PageSize - 1)] = network;
    }

    public AddressScope ScopeAt(int position) => AddressScopes.ScopeOf(AddressAt(position));

    /// <summary>Whether a peer in <paramref name="receiver"/> may be told of everybody here.</summary>
    public bool AllMayBeTold(AddressScope receiver) =>
        _scopes[(int)AddressScope.Global] + (receiver == AddressScope.Global ? 0 : _scopes[(int)receiver]) == Active;

    /// <summary>-1: nobody has this id, nor had a moment ago.</summary>
    public int Find(in PeerId id)
    {
        if (_byId.IsBuilt)
        {
            PeerIndex.Probe probe = _byId.Find(PeerHash.Of(id.AsSpan()));
            while (probe.TryNext(out int found))
            {
                if (this[found].Id.AsSpan().SequenceEqual(id.AsSpan()))
                    return found;
            }
            return -1;
        }
        for (int position = 0; position < Count; position++)
        {
            if (_records[position].Id.AsSpan().SequenceEqual(id.AsSpan()))
                return position;
        }
        return -1;
    }

    /// <summary>Who is at this endpoint, or was a moment ago; -1: nobody.</summary>
    public int At(ReadOnlySpan<byte> endpoint)
    {
        if (_byEndpoint.IsBuilt)
        {
            PeerIndex.Probe probe = _byEndpoint.Find(PeerHash.Of(endpoint));
            while (probe.TryNext(out int found))
            {
                if (EndpointAt(found).SequenceEqual(endpoint))
                    return found;
            }
            return -1;
        }
        for (int position = 0; position < Count; position++)
        {
            if (EndpointAt(position).SequenceEqual(endpoint))
                return position;
        }
        return -1;
    }

    /// <summary>Adds a peer among those who left; the caller moves it to its section. Neither id nor endpoint may be here already.</summary>
    public int Add(in PeerId id, ReadOnlySpan<byte> endpoint)
    {
        MakeRoom();
        int position = Count++;
        this[position] = new PeerRecord { Id = id };
        endpoint.CopyTo(WritableEndpointAt(position));
        ForgetNetwork(position);
        if (_byId.IsBuilt && !_byId.Misfits(Count))
        {
            _byId.Add(IdHash(position), position);
            _byEndpoint.Add(EndpointHash(position), position);
        }
        else if (Count > MostWithoutIndex)
            BuildIndexes();
        return position;
    }

    /// <summary>Gives a peer another endpoint, at which nobody else may be.</summary>
    public void SetEndpoint(int position, ReadOnlySpan<byte> endpoint)
    {
        bool isActive = position < Active;
        if (_byEndpoint.IsBuilt)
            _byEndpoint.Remove(EndpointHash(position), position, new EndpointHashes(this));
        if (isActive)
            _scopes[(int)ScopeAt(position)]--;
        endpoint.CopyTo(WritableEndpointAt(position));
        ForgetNetwork(position);
        if (isActive)
            _scopes[(int)ScopeAt(position)]++;
        if (_byEndpoint.IsBuilt)
            _byEndpoint.Add(EndpointHash(position), position);
    }

    public void SetHeld(int position, int share)
    {
        ref PeerRecord record = ref this[position];
        if (position < Leechers)
            HeldShares += share - record.HeldShare;
        record.HeldShare = share;
    }

    public PeerSection SectionOf(int position) =>
        position < Leechers ? PeerSection.Leechers
        : position < Active ? PeerSection.Seeds
        : PeerSection.Gone;

    /// <summary>Answers where the peer is now.</summary>
    public int Move(int position, PeerSection to)
    {
        PeerSection from = SectionOf(position);
        if (from == to)
            return position;
        if (from == PeerSection.Leechers)
            HeldShares -= this[position].HeldShare;
        else if (from == PeerSection.Gone)
            _scopes[(int)ScopeAt(position)]++;
        for (; from < to; from++)
        {
            int border = from == PeerSection.Leechers ? --Leechers : --Active;
            Swap(position, border);
            position = border;
        }
        for (; from > to; from--)
        {
            int border = from == PeerSection.Gone ? Active++ : Leechers++;
            Swap(position, border);
            position = border;
        }
        if (to == PeerSection.Leechers)
            HeldShares += this[position].HeldShare;
        else if (to == PeerSection.Gone)
            _scopes[(int)ScopeAt(position)]--;
        return position;
    }

    /// <summary>Forgets a peer at once.</summary>
    public void Remove(int position)
    {
        position = Move(position, PeerSection.Gone);
        Swap(position, Count - 1);
        position = Count - 1;
        if (_byId.IsBuilt)
        {
            _byId.Remove(IdHash(position), position, new IdHashes(this));
            _byEndpoint.Remove(EndpointHash(position), position, new EndpointHashes(this));
        }
        Count--;
        if (_byId.IsBuilt && Count <= MostWithoutIndex / 2)
        {
            _byId.Drop();
            _byEndpoint.Drop();
        }
        else if (_byId.IsBuilt && _byId.Misfits(Count))
            BuildIndexes();
        ReleaseRoom();
    }

    private void ForgetNetwork(int position)
    {
        if (_networkPages is not null)
            SetNetwork(position, 0);
    }

    private Span<byte> WritableEndpointAt(int position) =>
        _endpointPages is null
            ? _endpoints.AsSpan(position * _endpointBytes, _endpointBytes)
            : _endpointPages[position >> PageShift]
                .AsSpan((position & (PageSize - 1)) * _endpointBytes, _endpointBytes);

    private ulong IdHash(int position) => PeerHash.Of(this[position].Id.AsSpan());

    private ulong EndpointHash(int position) => PeerHash.Of(EndpointAt(position));

    private void Swap(int left, int right)
    {
        if (left == right)
            return;
        if (_byId.IsBuilt)
        {
            _byId.Swap(IdHash(left), left, IdHash(right), right);
            _byEndpoint.Swap(EndpointHash(left), left, EndpointHash(right), right);
        }
        (this[left], this[right]) = (this[right], this[left]);
        if (_networkPages is not null)
        {
            ushort network = NetworkAt(left);
            SetNetwork(left, NetworkAt(right));
            SetNetwork(right, network);
        }
        Span<byte> kept = stackalloc byte[CompactPeers.IPv6Bytes];
        Span<byte> leftEndpoint = WritableEndpointAt(left);
        Span<byte> rightEndpoint = WritableEndpointAt(right);
        leftEndpoint.CopyTo(kept);
        rightEndpoint.CopyTo(leftEndpoint);
        kept[.._endpointBytes].CopyTo(rightEndpoint);
    }

    private void BuildIndexes()
    {
        _byId.Reset(Count);
        _byEndpoint.Reset(Count);
        for (int position = 0; position < Count; position++)
        {
            _byId.Add(IdHash(position), position);
            _byEndpoint.Add(EndpointHash(position), position);
        }
    }

    private readonly struct IdHashes(FamilyPeers peers) : PeerIndex.IPositionHashes
    {
        public ulong HashAt(int position) => peers.IdHash(position);
    }

    private readonly struct EndpointHashes(FamilyPeers peers) : PeerIndex.IPositionHashes
    {
        public ulong HashAt(int position) => peers.EndpointHash(position);
    }

    /// <summary>Peers that are here now, by scope.</summary>
    [InlineArray((int)AddressScope.Unusable + 1)]
    private struct ScopeCounts
    {
        private int _first;
    }
}
