using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding.Exchange;
using Distribution.EdgeSeeder.Seeding.Rates;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>One seeded torrent: its peers, what it greets them with, what it sent.</summary>
internal sealed class SeedSwarm
{
    /// <summary>The ids under which we take extension messages (BEP 10).</summary>
    public const byte MetadataId = 1;
    public const byte DontHaveId = 2;

    /// <summary>A duplicate replaces a connection from which nothing came for so long.</summary>
    private static readonly TimeSpan _staleAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<PeerId, PeerConnection> _peers = new();
    private readonly byte[] _extensionHandshake;
    private readonly Dictionary<MerkleHash, Lazy<PieceTree>> _trees = [];
    private long _peerBytesPerSecond;
    private bool _removed;
    private bool _namesPeers;
    private long _payloadBytes;
    private long _metadataBytes;
    private long _overheadBytes;

    // Of no single viewer: one record each a file and hour.
    private readonly SendMeter _metadataMeter;
    private readonly SendMeter _overheadMeter;

    public SeedSwarm(
        TorrentMetainfo metainfo,
        IPieceSource pieces,
        SeedingLimits limits,
        int port,
        TimeProvider clock,
        SendJournal journal
    )
    {
        TorrentInfo torrent =
            metainfo.V1 ?? throw new ArgumentException("The torrent has no v1 half.", nameof(metainfo));
        Torrent = torrent;
        _metadataMeter = journal.Meter(torrent.InfoHash, IPAddress.Any, SendKind.EdgeMetadata);
        _overheadMeter = journal.Meter(torrent.InfoHash, IPAddress.Any, SendKind.EdgeOverhead);
        Files = new FileMap(torrent);
        OtherName = metainfo.V2?.InfoHash.Truncate();
        foreach (PieceLayer? layer in metainfo.Layers)
        {
            // Of smaller files the root says all.
            if (layer is { IsListed: true })
                _trees[layer.Root] = new Lazy<PieceTree>(() => new PieceTree(layer));
        }
        Pieces = pieces;
        Dials = new DialList(limits, hasOtherName: OtherName is not null, clock);
        Rate = new TokenBucket(clock);
        Reachable = new SwarmPeers(ListReachable, clock);
        Have = new Bitfield(torrent.PieceCount);
        Have.SetAll();
        var payload = new ArrayBufferWriter<byte>();
        new ExtensionHandshake
        {
            MetadataId = MetadataId,
            DontHaveId = DontHaveId,
            ListenPort = port,
            Client = "Distribution 0.1",
            RequestQueueDepth = limits.RequestQueueDepth,
            MetadataSizeBytes = torrent.Raw.Length,
            UploadOnly = true,
        }.Write(payload);
        var frame = new ArrayBufferWriter<byte>();
        WireWriter.WriteExtended(frame, 0, payload.WrittenSpan);
        _extensionHandshake = frame.WrittenSpan.ToArray();
    }

    /// <summary>v1, or a hybrid's v1 half.</summary>
    public TorrentInfo Torrent { get; }

    public FileMap Files { get; }

    /// <summary>A hybrid's v2 info-hash, as handshakes carry it; null for v1 alone.</summary>
    public InfoHash? OtherName { get; }

    public IPieceSource Pieces { get; }

    public DialList Dials { get; }

    /// <summary>What all its peers together may be given.</summary>
    public TokenBucket Rate { get; }

    /// <summary>What each of its connections may be given; 0: no limit of the swarm's.</summary>
    public long PeerBytesPerSecond
    {
        get => Volatile.Read(ref _peerBytesPerSecond);
        set => Volatile.Write(ref _peerBytesPerSecond, Math.Max(0, value));
    }

    /// <summary>Peers may be named to each other, for all that the server knows. Any thread.</summary>
    public bool NamesPeers
    {
        get => Volatile.Read(ref _namesPeers) && !Torrent.IsPrivate;
        set => Volatile.Write(ref _namesPeers, value);
    }

    public SwarmPeers Reachable { get; }

    public Bitfield Have { get; }

    public ICollection<PeerConnection> Peers => _peers.Values;

    public long PayloadBytes => Interlocked.Read(ref _payloadBytes);

    public long MetadataBytes => Interlocked.Read(ref _metadataBytes);

    public long OverheadBytes => Interlocked.Read(ref _overheadBytes);

    /// <summary>What follows our handshake: the extension handshake, and that we have everything.</summary>
    public void WriteGreeting(IBufferWriter<byte> output, ReservedBits theirs)
    {
        if (theirs.HasFlag(ReservedBits.Extensions))
            output.Write(_extensionHandshake);
        if (theirs.HasFlag(ReservedBits.Fast))
        {
            WireWriter.WriteSignal(output.GetSpan(WireWriter.SignalBytes), MessageType.HaveAll);
            output.Advance(WireWriter.SignalBytes);
        }
        else if (Have.Length > 0)
            WireWriter.WriteBitfield(output, Have);
    }

    /// <summary>Answers a hash request (BEP 52), or rejects it: what lies below the pieces is not kept.</summary>
    public void WriteHashes(IBufferWriter<byte> output, in HashRequest request)
    {
        if (
            _trees.TryGetValue(request.Root, out Lazy<PieceTree>? tree)
            && tree.Value.TryGetHashes(
                request.BaseLevel,
                request.Index,
                request.Count,
                request.ProofLevels,
                out byte[]? hashes
            )
        )
            WireWriter.WriteHashes(output, request, hashes);
        else
            WireWriter.WriteHashRequest(output, MessageType.HashReject, request);
    }

    /// <summary>Takes a greeted peer in. None: it is in; else why not.</summary>
    public CloseReason Admit(PeerConnection peer, PeerId peerId)
    {
        PeerConnection? stale;
        lock (_gate)
        {
            if (_removed)
                return CloseReason.UnknownTorrent;
            if (_peers.TryGetValue(peerId, out stale) && stale.SinceReceived < _staleAfter)
                return CloseReason.Duplicate;
            _peers[peerId] = peer;
        }
        stale?.PostClose(CloseReason.Duplicate);
        return CloseReason.None;
    }

    public void Leave(PeerConnection peer, PeerId peerId) => _peers.TryRemove(KeyValuePair.Create(peerId, peer));

    public bool IsConnected(PeerId peerId) => _peers.ContainsKey(peerId);

    /// <summary>One that is connected from an address; null: none.</summary>
    public PeerId? PeerAt(IPAddress address)
    {
        foreach ((PeerId id, PeerConnection peer) in _peers)
        {
            if (peer.Remote.Address.Equals(address))
                return id;
        }
        return null;
    }

    public void Remove()
    {
        lock (_gate)
            _removed = true;
        Dials.Replace([]);
        foreach (PeerConnection peer in Peers)
            peer.PostClose(CloseReason.Stopped);
    }

    /// <summary>Where connected peers can be reached, as far as they said.</summary>
    public HashSet<IPEndPoint> ConnectedEndpoints()
    {
        var endpoints = new HashSet<IPEndPoint>();
        foreach (PeerConnection peer in Peers)
        {
            if (peer.ListenEndpoint is { } endpoint)
                endpoints.Add(endpoint);
        }
        return endpoints;
    }

    private IEnumerable<ReachablePeer> ListReachable()
    {
        foreach (PeerConnection peer in Peers)
        {
            if (peer.ListenEndpoint is { } endpoint)
                yield return new ReachablePeer(endpoint, peer.Have?.IsFull == true);
        }
    }

    public SwarmLoad Load()
    {
        var copies = new PieceCopies(Torrent.PieceCount);
        int connections = 0;
        foreach (PeerConnection peer in Peers)
        {
            connections++;
            peer.Have?.CountInto(copies);
        }
        return new SwarmLoad(Torrent.InfoHash, connections, PayloadBytes, connections == 0 ? 0 : copies.Least);
    }

    public void CountPayload(long bytes) => Interlocked.Add(ref _payloadBytes, bytes);

    public void CountMetadata(long bytes)
    {
        Interlocked.Add(ref _metadataBytes, bytes);
        _metadataMeter.Add(bytes);
    }

    public void CountOverhead(long bytes)
    {
        Interlocked.Add(ref _overheadBytes, bytes);
        _overheadMeter.Add(bytes);
    }
}
