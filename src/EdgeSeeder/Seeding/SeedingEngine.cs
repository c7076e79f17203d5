using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Encryption;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Audits;
using Distribution.EdgeSeeder.Seeding.Links;
using Distribution.EdgeSeeder.Seeding.Links.Datagrams;
using Distribution.EdgeSeeder.Seeding.Loops;
using Distribution.EdgeSeeder.Seeding.Rates;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Our own engine: TCP and, where it is wanted, uTP, on IPv4 and IPv6, plain and encrypted, BEPs 3, 6, 9, 10, 21, 52 and 54 as a seed needs them.</summary>
internal sealed class SeedingEngine : ISeedingEngine
{
    private const int ListenBacklog = 4096;
    private const int MaxProgressRecords = 20_000;

    private readonly int _wantedPort;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<InfoHash, SeedSwarm> _swarms = new();

    // A hybrid's other info-hash, as peers greet with it, and the one that its swarm goes by.
    private readonly ConcurrentDictionary<InfoHash, InfoHash> _otherNames = new();

    // By what encrypted handshakes name torrents.
    private readonly ConcurrentDictionary<InfoHash, InfoHash> _marks = new();
    private readonly SeedingLoop[] _loops;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Entrance _entrance;
    private readonly Dialler _dialler;
    private Socket? _listener;
    private UtpPort? _utp;
    private Task _accepting = Task.CompletedTask;
    private Task _ticking = Task.CompletedTask;
    private long _accepted;
    private int _greeted;
    private bool _isStarted;

    /// <param name="port">0: the system chooses.</param>
    /// <param name="journal">Every payload byte is counted in it.</param>
    public SeedingEngine(
        int port,
        SeedingLimits limits,
        SendJournal journal,
        EdgeTelemetry telemetry,
        TimeProvider clock,
        ILogger logger
    )
    {
        _wantedPort = port;
        _logger = logger;
        Limits = limits;
        Journal = journal;
        Telemetry = telemetry;
        Clock = clock;
        NodeRate = new TokenBucket(clock);
        Strangers = new StrangersShare(clock);
        Households = new Households(limits.MaxConnectionsPerAddress, clock);
        KeyExchanges = new KeyExchanges(limits.KeyExchangesPerSecond, clock);
        Slots = new UnchokeSlots(limits, clock);
        Audits = new AuditDesk(limits, telemetry, clock);
        int threads = limits.Threads > 0 ? limits.Threads : Math.Max(1, Environment.ProcessorCount / 2);
        _loops =
        [
            .. Enumerable
                .Range(0, threads)
                .Select(_ => new SeedingLoop(
                    (ISocketPoller?)EpollPoller.TryOpen() ?? new SelectPoller(),
                    clock,
                    logger,
                    journal.UnderWay()
                )),
        ];
        _entrance = new Entrance(this, _loops);
        _dialler = new Dialler(this, _entrance);
        telemetry.ObserveConnections(() => ConnectionCount);
    }

    public event Action<PeerEvent>? PeerChanged;

    public int Port { get; private set; }

    public long AuditBytes => Audits.Bytes;

    public int ConnectionCount => Volatile.Read(ref _greeted);

    public long UploadLimitBytesPerSecond
    {
        get => NodeRate.BytesPerSecond;
        set
        {
            if (NodeRate.BytesPerSecond == Math.Max(0, value))
                return;
            NodeRate.BytesPerSecond = value;
            Strangers.FitTo(NodeRate.BytesPerSecond);
            Slots.FitTo(NodeRate.BytesPerSecond);
            ReleaseThrottled();
        }
    }

    internal SeedingLimits Limits { get; }

    internal SendJournal Journal { get; }

    internal EdgeTelemetry Telemetry { get; }

    internal TimeProvider Clock { get; }

    internal TokenBucket NodeRate { get; }

    internal StrangersShare Strangers { get; }

    internal Households Households { get; }

    internal KeyExchanges KeyExchanges { get; }

    internal UnchokeSlots Slots { get; }

    internal AuditDesk Audits { get; }

    internal ProgressBook Progress { get; } = new(MaxProgressRecords);

    /// <summary>Ours, new with each process (BEP 20).</summary>
    internal PeerId PeerId { get; } = PeerId.Create("-DN0100-"u8);

    public void Start()
    {
        _listener = Listen(_wantedPort);
        _isStarted = true;
        foreach (SeedingLoop loop in _loops)
            loop.Start();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        if (Limits.AcceptUtp)
            _utp = OpenUtp();
        _accepting = AcceptAsync(_listener, _stopping.Token);
        _ticking = TickAsync(_stopping.Token);
    }

    public void Add(TorrentMetainfo torrent, IPieceSource pieces)
    {
        var swarm = new SeedSwarm(torrent, pieces, Limits, Port, Clock, Journal);
        if (!_swarms.TryAdd(swarm.Torrent.InfoHash, swarm))
            return;
        _marks[EncryptionKeys.TorrentMark(swarm.Torrent.InfoHash)] = swarm.Torrent.InfoHash;
        if (swarm.OtherName is not { } other)
            return;
        _otherNames[other] = swarm.Torrent.InfoHash;
        _marks[EncryptionKeys.TorrentMark(other)] = other;
    }

    public bool Remove(InfoHash infoHash)
    {
        if (!_swarms.TryRemove(infoHash, out SeedSwarm? swarm))
            return false;
        _marks.TryRemove(EncryptionKeys.TorrentMark(infoHash), out _);
        if (swarm.OtherName is { } other)
        {
            _otherNames.TryRemove(other, out _);
            _marks.TryRemove(EncryptionKeys.TorrentMark(other), out _);
        }
        swarm.Remove();
        return true;
    }

    public void Dial(InfoHash infoHash, IReadOnlyList<IPEndPoint> viewers)
    {
        if (!_swarms.TryGetValue(infoHash, out SeedSwarm? swarm))
            return;
        Households.Know(viewers.Select(static viewer => viewer.Address));
        swarm.Dials.Replace(viewers);
        _dialler.DialDue(swarm);
    }

    public void LimitUpload(InfoHash infoHash, UploadRates rates)
    {
        if (!_swarms.TryGetValue(infoHash, out SeedSwarm? swarm))
            return;
        swarm.Rate.BytesPerSecond = rates.SwarmBytesPerSecond;
        swarm.PeerBytesPerSecond = rates.PeerBytesPerSecond;
        ReleaseThrottled();
    }

    public void NamePeers(InfoHash infoHash, bool isAllowed)
    {
        if (_swarms.TryGetValue(infoHash, out SeedSwarm? swarm))
            swarm.NamesPeers = isAllowed;
    }

    public SeedingSnapshot Snapshot() =>
        new(
            ConnectionCount,
            Interlocked.Read(ref _accepted),
            [
                .. _swarms.Values.Select(swarm => new SwarmSeeding(
                    swarm.Torrent.InfoHash,
                    swarm.PayloadBytes,
                    swarm.MetadataBytes,
                    swarm.OverheadBytes,
                    [.. swarm.Peers.Select(peer => peer.Snapshot())]
                )),
            ]
        );

    public IReadOnlyList<SwarmLoad> Loads() => [.. _swarms.Values.Select(static swarm => swarm.Load())];

    public IReadOnlyList<PeerProgress> UnreportedProgress(int most) => Progress.Unreported(most);

    public void AcknowledgeProgress(IReadOnlyList<PeerProgress> reported) => Progress.Acknowledge(reported);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        await _ticking;
        foreach (SeedSwarm swarm in _swarms.Values)
            swarm.Remove();
        if (_isStarted)
            await Task.WhenAll(_loops.Select(loop => loop.StopAsync()));
        _utp?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    /// <summary>By either of a hybrid's info-hashes.</summary>
    internal SeedSwarm? Find(InfoHash infoHash) =>
        _swarms.GetValueOrDefault(infoHash)
        ?? (_otherNames.TryGetValue(infoHash, out InfoHash name) ? _swarms.GetValueOrDefault(name) : null);

    /// <summary>The info-hash behind an encrypted handshake's mark.</summary>
    internal InfoHash? FindMarked(InfoHash mark) => _marks.TryGetValue(mark, out InfoHash name) ? name : null;

    internal void Raise(PeerChange change, PeerConnection peer, SeedSwarm swarm, CloseReason reason)
    {
        if (change == PeerChange.Connected)
            Interlocked.Increment(ref _greeted);
        else if (change == PeerChange.Closed)
            Interlocked.Decrement(ref _greeted);
        PeerChanged?.Invoke(
            new PeerEvent(change, swarm.Torrent.InfoHash, peer.PeerId, peer.Remote, peer.Dialled, reason)
        );
    }

    /// <summary>A connection is open, taken in or dialled.</summary>
    internal void CountAccepted() => Interlocked.Increment(ref _accepted);

    /// <summary>A connection is closed.</summary>
    internal void Left(Household household) => _entrance.Leave(household);

    private UtpPort? OpenUtp()
    {
        if (DatagramSocket.TryBind(Port) is not { } socket)
        {
            _logger.LogWarning("uTP was asked for; this system is not one that it works on.");
            return null;
        }
        var port = new UtpPort(socket, _entrance, _loops, Limits.HandshakeTimeout, Clock);
        port.Start();
        return port;
    }

    private static Socket Listen(int port)
    {
        Socket? socket = null;
        try
        {
            if (Socket.OSSupportsIPv6)
            {
                socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
                {
                    DualMode = true,
                };
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            }
            else
            {
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
            }
            socket.Listen(ListenBacklog);
            return socket;
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(stopping);
                if (socket.RemoteEndPoint is IPEndPoint remote)
                    _entrance.Admit(socket, Plain(remote));
                else
                    socket.Dispose();
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException fault)
            {
                // Out of descriptors, or the peer was gone already: what is accepted goes on meanwhile.
                _logger.LogWarning("A connection could not be accepted: {Fault}", fault.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), Clock, CancellationToken.None);
            }
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Limits.Tick, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                try
                {
                    Tick();
                }
                catch (Exception fault)
                {
                    // Ours to mend; the next tick must come all the same.
                    _logger.LogError(fault, "A tick failed.");
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private void Tick()
    {
        foreach (SeedingLoop loop in _loops)
            loop.Post(loop.Tick);
        _utp?.Tick();
        Slots.Rotate();
        foreach (SeedSwarm swarm in _swarms.Values)
            _dialler.DialDue(swarm);
    }

    private void ReleaseThrottled()
    {
        foreach (SeedingLoop loop in _loops)
            loop.Post(loop.ReleaseThrottled);
    }

    /// <summary>IPv4 as such, and IPv6 without its scope.</summary>
    internal static IPEndPoint Plain(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6
            ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port)
            : new IPEndPoint(new IPAddress(endpoint.Address.GetAddressBytes()), endpoint.Port);
}
