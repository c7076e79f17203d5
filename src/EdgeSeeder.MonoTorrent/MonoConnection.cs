using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Rates;
using MonoTorrent.Connections.Peer;
using ReusableTasks;
using InfoHash = Distribution.BitTorrent.InfoHash;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>
/// One peer's socket below MonoTorrent. MonoTorrent speaks the protocol; here every byte that the socket takes is counted, what the peer
/// shows is witnessed, and what would hurt MonoTorrent is held back: frames that it does not know, and requests beyond the queue.
/// </summary>
internal sealed class MonoConnection(MonoEngine engine, Socket socket, IPEndPoint remote, MonoSwarm? dialled)
    : IPeerConnection
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(50);

    private readonly Lock _sending = new();
    private readonly TokenBucket _rate = new(engine.Clock);
    private readonly SentFrames _frames = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _openedAt = engine.Clock.GetTimestamp();
    private MonoInbox? _inbox;
    private SendMeter? _meter;
    private long _payloadBytes;
    private long _blockedSince;
    private int _sends;
    private int _reason;

    public IPEndPoint Remote { get; } = remote;

    public bool Dialled { get; } = dialled is not null;

    public MonoSwarm? Swarm { get; private set; } = dialled;

    /// <summary>All zero until the peer's handshake was read.</summary>
    public Distribution.BitTorrent.PeerId PeerId { get; private set; }

    public bool IsGreeted => Volatile.Read(ref _inbox)?.IsGreeted ?? false;

    public CloseReason Reason => (CloseReason)Volatile.Read(ref _reason);

    /// <summary>Completes once it is closed and nothing is sent or counted any more.</summary>
    public Task Ended => _ended.Task;

    public IPEndPoint? ListenEndpoint
    {
        get
        {
            int port = Dialled ? Remote.Port : _inbox?.Witness?.ListenPort ?? 0;
            return port == 0 ? null : new IPEndPoint(Remote.Address, port);
        }
    }

    public ReadOnlyMemory<byte> AddressBytes => Remote.Address.GetAddressBytes();

    public bool CanReconnect => false;

    public bool Disposed => Reason != CloseReason.None;

    public IPEndPoint EndPoint => Remote;

    public bool IsIncoming => !Dialled;

    public Uri Uri { get; } =
        new($"{(remote.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4")}://{remote}");

    public ReusableTask ConnectAsync() => ReusableTask.CompletedTask;

    public async ReusableTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        MonoInbox inbox = _inbox ??= new MonoInbox(engine, this, socket);
        try
        {
            return await inbox.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            Close(CloseReason.ByPeer);
            return 0;
        }
    }

    public async ReusableTask<int> SendAsync(Memory<byte> buffer)
    {
        try
        {
            await WaitForRatesAsync().ConfigureAwait(false);
            int sent = TrySend(buffer.Span, out SocketError fault);
            if (fault != SocketError.WouldBlock)
                return sent;
            return await SendOneAsync(buffer[..1]).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            Close(CloseReason.ByPeer);
            return 0;
        }
    }

    public void Dispose() => Close(CloseReason.ByPeer);

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void Close(CloseReason reason)
    {
        if (reason == CloseReason.ByPeer && _inbox?.Witness?.CompletedAt > 0)
            reason = CloseReason.PeerComplete;
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0)
            return;
        _inbox?.Wake();
        lock (_sending)
        {
            try
            {
                // Before the socket goes: what it took and what was counted is to arrive.
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException) { }
            socket.Dispose();
            if (_sends == 0)
                _ended.TrySetResult();
        }
        _inbox?.Leave();
        engine.Left(this);
    }

    /// <summary>Takes the peer in by its handshake. None: it is in; else why not.</summary>
    public CloseReason Admit(in Handshake handshake)
    {
        PeerId = handshake.PeerId;
        MonoSwarm? swarm = engine.Find(handshake.InfoHash);
        if (swarm is null || (Swarm is not null && swarm != Swarm))
            return CloseReason.UnknownTorrent;
        if (handshake.PeerId == engine.Self)
        {
            if (!Dialled)
                ShowOurselves(handshake.InfoHash);
            return CloseReason.Self;
        }
        if (!swarm.TryAdmit(this, handshake.PeerId))
            return CloseReason.Duplicate;
        Swarm = swarm;
        _meter = engine.Setup.Journal.Meter(swarm.Torrent.InfoHash, Remote.Address, SendKind.Edge);
        _frames.Sent = _inbox!.Answered;
        return CloseReason.None;
    }

    /// <summary>Looks at what time has done; called every tick.</summary>
    public void CheckTimes()
    {
        SeedingLimits limits = engine.Setup.Limits;
        long blocked = Volatile.Read(ref _blockedSince);
        if (!IsGreeted)
        {
            if (engine.Clock.GetElapsedTime(_openedAt) > limits.HandshakeTimeout)
                Close(CloseReason.HandshakeTimeout);
        }
        else if (_inbox!.SinceReceived > limits.IdleTimeout)
            Close(CloseReason.Idle);
        else if (blocked != 0 && engine.Clock.GetElapsedTime(blocked) > limits.StallTimeout)
            Close(CloseReason.Stalled);
    }

    public PeerSeeding Snapshot() =>
        new(
            PeerId,
            Remote,
            Dialled,
            _inbox?.Witness?.Client,
            _inbox?.Interested ?? false,
            _inbox?.Unchoked ?? false,
            _inbox?.QueuedRequests ?? 0,
            Interlocked.Read(ref _payloadBytes),
            _inbox?.Witness?.HaveBytes ?? 0
        );

    /// <summary>Until node, swarm and peer may send. A rate that changes meanwhile is heard of soon.</summary>
    private async ValueTask WaitForRatesAsync()
    {
        if (Swarm is not { } swarm)
            return;
        long own = swarm.PeerBytesPerSecond;
        _rate.BytesPerSecond = own > 0 ? own : engine.Setup.Limits.PeerUploadLimitBytesPerSecond;
        while (!Disposed)
        {
            long freeAt = Math.Max(engine.NodeRate.FreeAt, Math.Max(swarm.Rate.FreeAt, _rate.FreeAt));
            TimeSpan wait = engine.Clock.GetElapsedTime(engine.Clock.GetTimestamp(), freeAt);
            if (wait <= TimeSpan.Zero)
                return;
            await Task.Delay(wait < _longestWait ? wait : _longestWait, engine.Clock).ConfigureAwait(false);
        }
    }

    /// <summary>The other end is ours too, and learns by this handshake that it has dialled itself.</summary>
    private void ShowOurselves(InfoHash infoHash)
    {
        Span<byte> handshake = stackalloc byte[Handshake.LengthBytes];
        new Handshake(infoHash, PeerId, ReservedBits.None).Write(handshake);
        socket.Send(handshake, SocketFlags.None, out _);
    }

    private int TrySend(ReadOnlySpan<byte> bytes, out SocketError fault)
    {
        lock (_sending)
        {
            fault = SocketError.Success;
            if (Disposed)
                return 0;
            int sent = socket.Send(bytes, SocketFlags.None, out fault);
            if (fault == SocketError.WouldBlock)
                _sends++;
            else if (fault != SocketError.Success)
                throw new SocketException((int)fault);
            else
                Count(bytes[..sent]);
            return sent;
        }
    }

    /// <summary>Waits by sending one byte: it is taken or not, never in part, so that a break leaves nothing uncounted.</summary>
    private async Task<int> SendOneAsync(Memory<byte> one)
    {
        Volatile.Write(ref _blockedSince, engine.Clock.GetTimestamp());
        int sent = 0;
        try
        {
            sent = await socket.SendAsync(one, SocketFlags.None).ConfigureAwait(false);
            return sent;
        }
        finally
        {
            Volatile.Write(ref _blockedSince, 0);
            lock (_sending)
            {
                Count(one.Span[..sent]);
                if (--_sends == 0 && Disposed)
                    _ended.TrySetResult();
            }
        }
    }

    private void Count(ReadOnlySpan<byte> taken)
    {
        SentBytes sent = _frames.Take(taken);
        _meter?.Add(sent.Payload);
        engine.NodeRate.Take(sent.Payload);
        Swarm?.Rate.Take(sent.Payload);
        _rate.Take(sent.Payload);
        Interlocked.Add(ref _payloadBytes, sent.Payload);
        Swarm?.Count(sent);
        engine.Setup.Telemetry.Sent(sent.Payload);
        engine.Setup.Telemetry.SentMetadata(sent.Metadata);
        engine.Setup.Telemetry.SentOverhead(sent.Overhead);
    }
}
