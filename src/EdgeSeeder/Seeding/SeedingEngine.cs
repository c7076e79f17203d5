using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Our own engine: TCP on IPv4 and IPv6, BEPs 3, 6, 9, 10, 21, 52 and 54 as a seed needs them.</summary>
internal sealed class SeedingEngine : ISeedingEngine
{
    private const int ListenBacklog = 512;
    private const int MaxProgressRecords = 20_000;

    private readonly int _wantedPort;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<InfoHash, SeedSwarm> _swarms = new();

    // A hybrid's other info-hash, as peers greet with it, and the one that its swarm goes by.
    private readonly ConcurrentDictionary<InfoHash, InfoHash> _otherNames = new();
    private readonly ConcurrentDictionary<PeerConnection, Task> _connections = new();
    private readonly Dictionary<IPAddress, int> _addresses = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dialler _dialler;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private Task _ticking = Task.CompletedTask;
    private long _accepted;
    private int _open;

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
        Limiter = new UploadLimiter(clock);
        Slots = new UnchokeSlots(limits.MaxUnchoked, limits.UnchokeTerm, clock);
        _dialler = new Dialler(this);
        telemetry.ObserveConnections(() => ConnectionCount);
    }

    public event Action<PeerEvent>? PeerChanged;

    public int Port { get; private set; }

    public int ConnectionCount => _connections.Keys.Count(connection => connection.IsGreeted);

    public long UploadLimitBytesPerSecond
    {
        get => Limiter.BytesPerSecond;
        set => Limiter.BytesPerSecond = value;
    }

    internal SeedingLimits Limits { get; }

    internal SendJournal Journal { get; }

    internal EdgeTelemetry Telemetry { get; }

    internal TimeProvider Clock { get; }

    internal UploadLimiter Limiter { get; }

    internal UnchokeSlots Slots { get; }

    internal ProgressBook Progress { get; } = new(MaxProgressRecords);

    /// <summary>Ours, new with each process (BEP 20).</summary>
    internal PeerId PeerId { get; } = PeerId.Create("-DN0100-"u8);

    public void Start()
    {
        _listener = Listen(_wantedPort);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(_listener, _stopping.Token);
        _ticking = TickAsync(_stopping.Token);
    }

    public void Add(TorrentMetainfo torrent, IPieceSource pieces)
    {
        var swarm = new SeedSwarm(torrent, pieces, Limits, Port, Clock, Journal);
        if (_swarms.TryAdd(swarm.Torrent.InfoHash, swarm) && swarm.OtherName is { } other)
            _otherNames[other] = swarm.Torrent.InfoHash;
    }

    public bool Remove(InfoHash infoHash)
    {
        if (!_swarms.TryRemove(infoHash, out SeedSwarm? swarm))
            return false;
        if (swarm.OtherName is { } other)
            _otherNames.TryRemove(other, out _);
        swarm.Remove();
        return true;
    }

    public void Dial(InfoHash infoHash, IReadOnlyList<IPEndPoint> viewers)
    {
        if (!_swarms.TryGetValue(infoHash, out SeedSwarm? swarm))
            return;
        swarm.Dials.Replace(viewers);
        _dialler.DialDue(swarm);
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
        // A connection that was being taken in adds itself before it looks whether the engine stops.
        while (!_connections.IsEmpty)
        {
            foreach (PeerConnection connection in _connections.Keys)
                connection.Close(CloseReason.Stopped);
            await Task.WhenAll(_connections.Values);
        }
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

    internal void Raise(PeerChange change, PeerConnection peer, SeedSwarm swarm, CloseReason reason) =>
        PeerChanged?.Invoke(
            new PeerEvent(change, swarm.Torrent.InfoHash, peer.PeerId, peer.Remote, peer.Dialled, reason)
        );

    /// <summary>Runs a connection until it ends, within the limits; the socket is closed in any case.</summary>
    /// <returns>Why it ended, and who was there where that came out.</returns>
    internal async Task<(CloseReason Reason, PeerId? Peer)> RunAsync(
        Socket socket,
        IPEndPoint remote,
        SeedSwarm? dialled,
        bool byOtherName = false
    )
    {
        if (!TryEnter(remote.Address))
        {
            socket.Dispose();
            return (CloseReason.Stopped, null);
        }
        Interlocked.Increment(ref _accepted);
        using var connection = new PeerConnection(this, socket, remote, dialled, byOtherName);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ended.Task;
        try
        {
            if (_stopping.IsCancellationRequested)
                connection.Close(CloseReason.Stopped);
            CloseReason reason = await connection.RunAsync();
            return (reason, connection.PeerId == default ? null : connection.PeerId);
        }
        catch (Exception fault)
        {
            // A fault of ours with one peer; the others go on.
            _logger.LogError(fault, "A peer connection failed.");
            return (CloseReason.ProtocolError, null);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            Exit(remote.Address);
            ended.SetResult();
        }
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
                    _ = Task.Run(() => RunAsync(socket, Plain(remote), dialled: null), CancellationToken.None);
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
        foreach (PeerConnection connection in _connections.Keys)
            connection.CheckTimes();
        Slots.Rotate();
        foreach (SeedSwarm swarm in _swarms.Values)
            _dialler.DialDue(swarm);
    }

    private bool TryEnter(IPAddress address)
    {
        lock (_addresses)
        {
            int here = _addresses.GetValueOrDefault(address);
            if (_open >= Limits.MaxConnections || here >= Limits.MaxConnectionsPerAddress)
                return false;
            _open++;
            _addresses[address] = here + 1;
            return true;
        }
    }

    private void Exit(IPAddress address)
    {
        lock (_addresses)
        {
            _open--;
            if (--_addresses[address] == 0)
                _addresses.Remove(address);
        }
    }

    private static IPEndPoint Plain(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6
            ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port)
            : new IPEndPoint(new IPAddress(endpoint.Address.GetAddressBytes()), endpoint.Port);
}
