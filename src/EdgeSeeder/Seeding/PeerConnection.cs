using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Ledgers;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>One peer: greets it, reads what it says, and answers through its <see cref="PeerSender"/>.</summary>
internal sealed class PeerConnection : IDisposable
{
    /// <summary>Enough for 240 requests; grows for a large bitfield or extension message, and shrinks again.</summary>
    private const int ReceiveBufferBytes = 4096;

    /// <summary>With more answers waiting nothing more is read: a peer that only asks holds no more memory than this.</summary>
    private const int MaxPendingControlBytes = 128 * 1024;

    private const int TcpNotSentLowWater = 25;
    private const int NotSentLowWaterBytes = 512 * 1024;

    private readonly SeedingEngine _engine;
    private readonly Socket _socket;
    private readonly PeerSender _sender;

    // Never disposed: it holds nothing to free, and another thread may be about to cancel it.
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _closing = new();
    private readonly long _openedAt;
    private readonly bool _byOtherName;
    private SeedSwarm? _swarm;
    private PeerMessages? _messages;
    private long _lastReceivedAt;
    private int _reason;
    private bool _greeted;
    private Task _sending = Task.CompletedTask;

    /// <param name="dialled">The swarm that the peer was dialled for; null: the peer came by itself.</param>
    /// <param name="byOtherName">A hybrid is dialled by its v2 info-hash.</param>
    public PeerConnection(SeedingEngine engine, Socket socket, IPEndPoint remote, SeedSwarm? dialled, bool byOtherName)
    {
        _engine = engine;
        _socket = socket;
        _sender = new PeerSender(engine, socket, this);
        _swarm = dialled;
        _openedAt = _lastReceivedAt = engine.Clock.GetTimestamp();
        Remote = remote;
        Dialled = dialled is not null;
        _byOtherName = byOtherName;
    }

    public IPEndPoint Remote { get; }

    public bool Dialled { get; }

    /// <summary>All zero until the peer's handshake was read.</summary>
    public PeerId PeerId { get; private set; }

    public bool IsGreeted => Volatile.Read(ref _greeted);

    public bool IsClosed => Volatile.Read(ref _reason) != 0;

    public TimeSpan SinceReceived => _engine.Clock.GetElapsedTime(Volatile.Read(ref _lastReceivedAt));

    /// <summary>Null while it is not known where the peer listens.</summary>
    public IPEndPoint? ListenEndpoint
    {
        get
        {
            int port = Dialled ? Remote.Port : _messages?.ListenPort ?? 0;
            return port == 0 ? null : new IPEndPoint(Remote.Address, port);
        }
    }

    /// <summary>Runs until the connection is closed; answers why.</summary>
    public async Task<CloseReason> RunAsync()
    {
        Prepare();
        try
        {
            if (Dialled)
            {
                InfoHash name = _swarm!.Torrent.InfoHash;
                SendHandshake(_byOtherName ? _swarm.OtherName ?? name : name);
                StartSending();
            }
            Close(await ReceiveAsync());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Close(CloseReason.ByPeer);
        }
        finally
        {
            Close(CloseReason.ProtocolError);
            await _sending;
            if (_messages is { } messages)
            {
                messages.Leave();
                _swarm!.Leave(this, PeerId);
                _engine.Raise(PeerChange.Closed, this, _swarm, (CloseReason)_reason);
            }
        }
        return (CloseReason)_reason;
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void Close(CloseReason reason)
    {
        if (reason == CloseReason.ByPeer && _messages?.CompletedAt > 0)
            reason = CloseReason.PeerComplete;
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0)
            return;
        _closed.Cancel();
        lock (_closing)
        {
            try
            {
                // Not disposed here: that would reset the connection, and what was accepted and counted would not arrive.
                _socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                _socket.Dispose();
            }
        }
        _sender.Wake();
    }

    public void Dispose()
    {
        // Never while another thread still shuts it down: for the runtime that is a call to break off, by a reset.
        lock (_closing)
            _socket.Dispose();
    }

    public void Unchoke() => _messages?.Unchoke();

    public void Choke() => _messages?.Choke();

    /// <summary>Tells the peer that a request is not answered.</summary>
    public void Refuse(BlockRequest request) => _messages?.Refuse(request);

    /// <summary>Looks at what time has done; called every tick.</summary>
    public void CheckTimes()
    {
        SeedingLimits limits = _engine.Limits;
        if (!IsGreeted)
        {
            if (_engine.Clock.GetElapsedTime(_openedAt) > limits.HandshakeTimeout)
                Close(CloseReason.HandshakeTimeout);
        }
        else if (SinceReceived > limits.IdleTimeout)
            Close(CloseReason.Idle);
        else if (_sender.IsBlocked && _sender.SinceAccepted > limits.StallTimeout)
            Close(CloseReason.Stalled);
        else if (
            _messages is { CompletedAt: > 0 and var at }
            && _engine.Clock.GetElapsedTime(at) > limits.CompleteLinger
        )
            Close(CloseReason.PeerComplete);
        else if (_sender.SinceAccepted > limits.KeepAliveInterval && _sender.PendingControlBytes == 0)
            _sender.Add(output => output.Advance(WireWriter.WriteKeepAlive(output.GetSpan(WireWriter.KeepAliveBytes))));
    }

    /// <summary>Null until it is greeted.</summary>
    public Bitfield? Have => _messages?.Have;

    public PeerSeeding Snapshot() =>
        new(
            PeerId,
            Remote,
            Dialled,
            _messages?.Client,
            _messages?.Interested ?? false,
            _messages?.Unchoked ?? false,
            _sender.QueuedRequests,
            _sender.PayloadBytes,
            _messages?.HaveBytes ?? 0
        );

    private void Prepare()
    {
        _socket.NoDelay = true;
        _socket.Blocking = false;
        if (OperatingSystem.IsLinux())
        {
            // Bytes beyond this wait in our cache instead of the socket: what a peer that goes away leaves there was counted as sent.
            Span<byte> value = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(value, NotSentLowWaterBytes);
            _socket.SetRawSocketOption((int)ProtocolType.Tcp, TcpNotSentLowWater, value);
        }
    }

    private void StartSending() => _sending = Task.Run(() => _sender.RunAsync(_closed.Token));

    private void SendHandshake(InfoHash infoHash)
    {
        ReservedBits speaks = ReservedBits.Fast | ReservedBits.Extensions;
        if (_swarm!.OtherName is not null)
            speaks |= ReservedBits.V2;
        var handshake = new Handshake(infoHash, _engine.PeerId, speaks);
        _sender.Swarm = _swarm;
        _sender.Add(output =>
        {
            handshake.Write(output.GetSpan(Handshake.LengthBytes));
            output.Advance(Handshake.LengthBytes);
        });
    }

    private async Task<CloseReason> ReceiveAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReceiveBufferBytes);
        int filled = 0;
        try
        {
            while (true)
            {
                int count = await _socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None);
                if (count == 0)
                    return CloseReason.ByPeer;
                Volatile.Write(ref _lastReceivedAt, _engine.Clock.GetTimestamp());
                filled += count;
                int consumed = 0;
                if (_messages is null)
                {
                    if (
                        Greet(buffer.AsSpan(0, filled), out CloseReason refused)
                        is var status
                            and not FrameStatus.Complete
                    )
                    {
                        if (status == FrameStatus.Incomplete)
                            continue;
                        return refused;
                    }
                    consumed = Handshake.LengthBytes;
                    if (!Dialled)
                        StartSending();
                }
                CloseReason reason = _messages!.Read(
                    buffer.AsSpan(consumed, filled - consumed),
                    out int read,
                    out int wanted
                );
                if (reason != CloseReason.None)
                    return reason;
                consumed += read;
                filled -= consumed;
                buffer = Resize(buffer, consumed, filled, wanted);
                while (_sender.PendingControlBytes > MaxPendingControlBytes && !IsClosed)
                    await _sender.WaitForDrainAsync();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private FrameStatus Greet(ReadOnlySpan<byte> data, out CloseReason refused)
    {
        refused = CloseReason.ProtocolError;
        FrameStatus status = Handshake.TryRead(data, out Handshake handshake, out _);
        if (status != FrameStatus.Complete)
            return status;
        PeerId = handshake.PeerId;
        SeedSwarm? swarm = _engine.Find(handshake.InfoHash);
        if (swarm is null || (_swarm is not null && swarm != _swarm))
            refused = CloseReason.UnknownTorrent;
        else if (handshake.PeerId == _engine.PeerId)
            refused = CloseReason.Self;
        else
            refused = swarm.Admit(this, handshake.PeerId);
        if (refused == CloseReason.Self && !Dialled)
            ShowOurselves(handshake.InfoHash);
        if (refused != CloseReason.None)
            return FrameStatus.Invalid;

        _swarm = swarm!;
        _sender.Meter = _engine.Journal.Meter(_swarm.Torrent.InfoHash, Remote.Address, SendKind.Edge);
        // In the peer's own words: a hybrid is greeted by either info-hash.
        if (!Dialled)
            SendHandshake(handshake.InfoHash);
        _sender.Add(output => _swarm.WriteGreeting(output, handshake.Reserved));
        _messages = new PeerMessages(_engine, this, _swarm, _sender, handshake);
        Volatile.Write(ref _greeted, true);
        _engine.Raise(PeerChange.Connected, this, _swarm, CloseReason.None);
        return FrameStatus.Complete;
    }

    /// <summary>The other end is ours too, and learns by this handshake that it has dialled itself.</summary>
    private void ShowOurselves(InfoHash infoHash)
    {
        Span<byte> handshake = stackalloc byte[Handshake.LengthBytes];
        new Handshake(infoHash, _engine.PeerId, ReservedBits.None).Write(handshake);
        _socket.Send(handshake, SocketFlags.None, out _);
    }

    /// <summary>Moves what is left to the front of a buffer that holds the next frame.</summary>
    private static byte[] Resize(byte[] buffer, int start, int count, int wanted)
    {
        int size = Math.Max(wanted, ReceiveBufferBytes);
        bool fits = buffer.Length >= size && buffer.Length <= 2 * size;
        byte[] target = fits ? buffer : ArrayPool<byte>.Shared.Rent(size);
        buffer.AsSpan(start, count).CopyTo(target);
        if (!fits)
            ArrayPool<byte>.Shared.Return(buffer);
        return target;
    }
}
