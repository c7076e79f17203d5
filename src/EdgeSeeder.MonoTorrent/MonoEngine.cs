using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Rates;
using Microsoft.Extensions.Logging;
using MonoTorrent;
using MonoTorrent.Client;
using MonoTorrent.Connections;
using InfoHash = Distribution.BitTorrent.InfoHash;
using PeerId = Distribution.BitTorrent.PeerId;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>
/// The edge's work done by the MonoTorrent package: it speaks with the peers, over sockets, dials and pieces that are ours
/// (<see cref="MonoConnection"/>, <see cref="PieceReader"/>). TCP alone; what it lacks is in docs/operations.md.
/// </summary>
internal sealed class MonoEngine : ISeedingEngine
{
    private const int ListenBacklog = 512;
    private const int MaxProgressRecords = 20_000;

    private readonly ConcurrentDictionary<InfoHash, MonoSwarm> _swarms = new();
    private readonly ConcurrentDictionary<InfoHash, InfoHash> _otherNames = new();
    private readonly ConcurrentDictionary<MonoConnection, int> _connections = new();
    private readonly Dictionary<IPAddress, int> _addresses = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly PeerDoor _door = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distribution-monotorrent-");
    private readonly PieceReader _reader;
    private readonly ClientEngine _client;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private Task _ticking = Task.CompletedTask;
    private long _accepted;
    private int _dialling;
    private bool _stopped;

    public MonoEngine(SeedingEngineSetup setup)
    {
        Setup = setup;
        NodeRate = new TokenBucket(setup.Clock);
        _reader = new PieceReader(setup.Clock);
        _client = new ClientEngine(
            Settings(),
            Factories.Default.WithPieceWriterCreator(_ => _reader).WithPeerConnectionListenerCreator(_ => _door)
        );
        setup.Telemetry.ObserveConnections(() => ConnectionCount);
    }

    public event Action<PeerEvent>? PeerChanged;

    public int Port { get; private set; }

    /// <summary>MonoTorrent as a seed asks nobody.</summary>
    public long AuditBytes => 0;

    public int ConnectionCount => _connections.Keys.Count(connection => connection.IsGreeted);

    public long UploadLimitBytesPerSecond
    {
        get => NodeRate.BytesPerSecond;
        set => NodeRate.BytesPerSecond = value;
    }

    internal TokenBucket NodeRate { get; }

    internal SeedingEngineSetup Setup { get; }

    internal TimeProvider Clock => Setup.Clock;

    internal ProgressBook Progress { get; } = new(MaxProgressRecords);

    public void Start()
    {
        _listener = Listen(Setup.Port);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _door.LocalEndPoint = new IPEndPoint(IPAddress.Any, Port);
        _accepting = AcceptAsync(_listener, _stopping.Token);
        _ticking = TickAsync(_stopping.Token);
    }

    public void Add(TorrentMetainfo torrent, IPieceSource pieces)
    {
        TorrentInfo info = torrent.V1 ?? throw new ArgumentException("The torrent has no v1 half.", nameof(torrent));
        if (!_swarms.ContainsKey(info.InfoHash))
            AddAsync(torrent, info, pieces).GetAwaiter().GetResult();
    }

    public bool Remove(InfoHash infoHash)
    {
        if (!_swarms.TryRemove(infoHash, out MonoSwarm? swarm))
            return false;
        if (swarm.OtherName is { } other)
            _otherNames.TryRemove(other, out _);
        swarm.Remove();
        RemoveAsync(swarm).GetAwaiter().GetResult();
        return true;
    }

    public void Dial(InfoHash infoHash, IReadOnlyList<IPEndPoint> viewers)
    {
        if (!_swarms.TryGetValue(infoHash, out MonoSwarm? swarm))
            return;
        swarm.Dials.Replace(viewers);
        DialDue(swarm);
    }

    public void LimitUpload(InfoHash infoHash, UploadRates rates)
    {
        if (!_swarms.TryGetValue(infoHash, out MonoSwarm? swarm))
            return;
        swarm.Rate.BytesPerSecond = rates.SwarmBytesPerSecond;
        swarm.PeerBytesPerSecond = rates.PeerBytesPerSecond;
    }

    public SeedingSnapshot Snapshot() =>
        new(ConnectionCount, Interlocked.Read(ref _accepted), [.. _swarms.Values.Select(swarm => swarm.Snapshot())]);

    public IReadOnlyList<PeerProgress> UnreportedProgress(int most) => Progress.Unreported(most);

    public void AcknowledgeProgress(IReadOnlyList<PeerProgress> reported) => Progress.Acknowledge(reported);

    public async Task StopAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        await _ticking;
        foreach (MonoSwarm swarm in _swarms.Values)
            swarm.Remove();
        while (!_connections.IsEmpty)
        {
            List<MonoConnection> open = [.. _connections.Keys];
            open.ForEach(connection => connection.Close(CloseReason.Stopped));
            await Task.WhenAll(open.Select(connection => connection.Ended));
        }
        await _client.StopAllAsync(TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stopping.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>By either of a hybrid's info-hashes.</summary>
    internal MonoSwarm? Find(InfoHash infoHash) =>
        _swarms.GetValueOrDefault(infoHash)
        ?? (_otherNames.TryGetValue(infoHash, out InfoHash name) ? _swarms.GetValueOrDefault(name) : null);

    /// <summary>What MonoTorrent calls itself.</summary>
    internal PeerId Self => new(_client.PeerId.Span);

    internal void Raise(PeerChange change, MonoConnection peer, CloseReason reason) =>
        PeerChanged?.Invoke(
            new PeerEvent(change, peer.Swarm!.Torrent.InfoHash, peer.PeerId, peer.Remote, peer.Dialled, reason)
        );

    /// <summary>A connection has ended.</summary>
    internal void Left(MonoConnection connection)
    {
        if (!_connections.TryRemove(connection, out _))
            return;
        lock (_addresses)
        {
            if (--_addresses[connection.Remote.Address] == 0)
                _addresses.Remove(connection.Remote.Address);
        }
        if (!connection.IsGreeted)
            return;
        connection.Swarm!.Leave(connection, connection.PeerId);
        Raise(PeerChange.Closed, connection, connection.Reason);
    }

    private async Task AddAsync(TorrentMetainfo metainfo, TorrentInfo info, IPieceSource pieces)
    {
        TorrentManager manager = await _client.AddAsync(
            Torrent.Load(TorrentBytes.Encode(metainfo, info)),
            _folder.FullName,
            new TorrentSettingsBuilder
            {
                AllowDht = false,
                AllowPeerExchange = false,
                MaximumConnections = Setup.Limits.MaxConnections,
                // Zero is said to mean no limit, and chokes all.
                UploadSlots = Setup.Limits.MaxUnchoked,
            }.ToSettings()
        );
        var swarm = new MonoSwarm(
            info,
            metainfo.V2?.InfoHash.Truncate(),
            manager,
            pieces,
            new DialList(Setup.Limits, hasOtherName: false, Clock),
            Clock
        );
        _reader.Add(swarm);
        var all = new BitField(info.PieceCount).SetAll(true);
        await manager.LoadFastResumeAsync(
            new FastResume(manager.InfoHashes, all, new BitField(info.PieceCount).SetAll(false))
        );
        await manager.StartAsync();
        _swarms[info.InfoHash] = swarm;
        if (swarm.OtherName is { } other)
            _otherNames[other] = info.InfoHash;
    }

    private async Task RemoveAsync(MonoSwarm swarm)
    {
        await swarm.Manager.StopAsync(TimeSpan.Zero);
        await _client.RemoveAsync(swarm.Manager);
        _reader.Remove(swarm);
    }

    private EngineSettings Settings() =>
        new EngineSettingsBuilder
        {
            AllowedEncryption = [EncryptionType.PlainText],
            AllowLocalPeerDiscovery = false,
            AllowPortForwarding = false,
            AutoSaveLoadDhtCache = false,
            AutoSaveLoadFastResume = false,
            AutoSaveLoadMagnetLinkMetadata = false,
            CacheDirectory = _folder.FullName,
            DhtEndPoint = null,
            // The edge has a cache of its own.
            DiskCacheBytes = 0,
            ListenEndPoints = new Dictionary<string, IPEndPoint> { ["ipv4"] = new(IPAddress.Any, 0) },
            MaximumConnections = Setup.Limits.MaxConnections,
        }.ToSettings();

    private void Enter(Socket socket, IPEndPoint remote, MonoSwarm? dialled, out MonoConnection? connection)
    {
        connection = null;
        lock (_addresses)
        {
            int here = _addresses.GetValueOrDefault(remote.Address);
            if (
                _stopping.IsCancellationRequested
                || _connections.Count >= Setup.Limits.MaxConnections
                || here >= Setup.Limits.MaxConnectionsPerAddress
            )
            {
                socket.Dispose();
                return;
            }
            socket.NoDelay = true;
            socket.Blocking = false;
            connection = new MonoConnection(this, socket, remote, dialled);
            _connections[connection] = 0;
            _addresses[remote.Address] = here + 1;
        }
        Interlocked.Increment(ref _accepted);
        _door.Enter(connection);
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(stopping);
                if (socket.RemoteEndPoint is IPEndPoint remote)
                    Enter(socket, Plain(remote), dialled: null, out _);
                else
                    socket.Dispose();
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException fault)
            {
                Setup.Logger.LogWarning("A connection could not be accepted: {Fault}", fault.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), Clock, CancellationToken.None);
            }
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Setup.Limits.Tick, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                foreach (MonoConnection connection in _connections.Keys)
                    connection.CheckTimes();
                foreach (MonoSwarm swarm in _swarms.Values)
                    DialDue(swarm);
            }
        }
        catch (OperationCanceledException) { }
    }

    private void DialDue(MonoSwarm swarm)
    {
        int free = Setup.Limits.MaxDialling - Volatile.Read(ref _dialling);
        if (free <= 0)
            return;
        HashSet<IPEndPoint> connected = swarm.ConnectedEndpoints();
        foreach (DialTarget target in swarm.Dials.TakeDue(free, connected.Contains, swarm.IsConnected))
        {
            Interlocked.Increment(ref _dialling);
            _ = Task.Run(() => DialAsync(swarm, target));
        }
    }

    private async Task DialAsync(MonoSwarm swarm, DialTarget target)
    {
        var socket = new Socket(target.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        CloseReason reason = CloseReason.Unreachable;
        PeerId? peer = null;
        long connectedAt = Clock.GetTimestamp();
        try
        {
            using var timeout = new CancellationTokenSource(Setup.Limits.DialTimeout, Clock);
            await socket.ConnectAsync(target.Endpoint, timeout.Token);
            connectedAt = Clock.GetTimestamp();
            Enter(socket, target.Endpoint, swarm, out MonoConnection? connection);
            Interlocked.Decrement(ref _dialling);
            if (connection is not null)
            {
                await connection.Ended;
                reason = connection.Reason;
                peer = connection.PeerId == default ? null : connection.PeerId;
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            Interlocked.Decrement(ref _dialling);
            socket.Dispose();
        }
        swarm.Dials.Ended(target, reason, peer, Clock.GetElapsedTime(connectedAt));
    }

    private static Socket Listen(int port)
    {
        bool six = Socket.OSSupportsIPv6;
        var socket = new Socket(
            six ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            SocketType.Stream,
            ProtocolType.Tcp
        );
        try
        {
            if (six)
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(six ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen(ListenBacklog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPEndPoint Plain(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6
            ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port)
            : new IPEndPoint(new IPAddress(endpoint.Address.GetAddressBytes()), endpoint.Port);
}
