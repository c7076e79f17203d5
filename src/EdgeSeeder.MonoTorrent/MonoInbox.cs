using System.Net.Sockets;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>
/// What a peer says, frame by frame, before MonoTorrent hears it. One reader at a time, as MonoTorrent does it.
/// </summary>
internal sealed class MonoInbox(MonoEngine engine, MonoConnection connection, Socket socket)
{
    private const int BufferBytes = 4096;

    // What MonoTorrent registers: LT_chat, ut_metadata, ut_pex. It closes on any other.
    private const int MaxExtensionId = 3;

    private readonly Lock _gate = new();
    private readonly List<BlockRequest> _asked = [];
    private TaskCompletionSource _answered = NewSignal();
    private byte[] _buffer = new byte[BufferBytes];
    private int _given; // MonoTorrent has had it
    private int _passed; // checked, for MonoTorrent
    private int _filled;
    private FrameLimits _limits;
    private bool _fast;
    private long _lastReceivedAt = engine.Clock.GetTimestamp();
    private bool _greeted;

    public bool IsGreeted => Volatile.Read(ref _greeted);

    /// <summary>Null before the handshake.</summary>
    public PeerWitness? Witness { get; private set; }

    public bool Interested { get; private set; }

    public bool Unchoked { get; private set; }

    public int QueuedRequests
    {
        get
        {
            lock (_gate)
                return _asked.Count;
        }
    }

    public TimeSpan SinceReceived => engine.Clock.GetElapsedTime(Volatile.Read(ref _lastReceivedAt));

    /// <returns>0: the connection is closed.</returns>
    public async Task<int> ReadAsync(Memory<byte> destination)
    {
        while (_given == _passed)
        {
            if (connection.Disposed)
                return 0;
            int wanted = Pass(out CloseReason refused);
            if (refused != CloseReason.None)
            {
                connection.Close(refused);
                return 0;
            }
            if (_given < _passed)
                break;
            if (wanted == 0)
            {
                // A full queue: it is not read on until something was answered.
                await WhenAnswered().ConfigureAwait(false);
                continue;
            }
            Compact(wanted);
            int count = await socket.ReceiveAsync(_buffer.AsMemory(_filled), SocketFlags.None).ConfigureAwait(false);
            if (count == 0)
            {
                connection.Close(CloseReason.ByPeer);
                return 0;
            }
            Volatile.Write(ref _lastReceivedAt, engine.Clock.GetTimestamp());
            _filled += count;
        }
        int given = Math.Min(destination.Length, _passed - _given);
        _buffer.AsMemory(_given, given).CopyTo(destination);
        _given += given;
        return given;
    }

    /// <summary>Hears what MonoTorrent has sent.</summary>
    public void Answered(MessageType type, BlockRequest block)
    {
        lock (_gate)
        {
            switch (type)
            {
                case MessageType.Unchoke:
                    Unchoked = true;
                    return;
                case MessageType.Choke:
                    // It drops what was asked, and says so of each to who knows BEP 6.
                    Unchoked = false;
                    if (!_fast)
                        _asked.Clear();
                    break;
                case MessageType.Piece or MessageType.RejectRequest:
                    Forget(block);
                    break;
                default:
                    return;
            }
        }
        Wake();
    }

    public void Wake()
    {
        lock (_gate)
        {
            _answered.TrySetResult();
            _answered = NewSignal();
        }
    }

    public void Leave()
    {
        if (Witness is { } witness)
            engine.Progress.Close(witness.Record);
    }

    /// <summary>Checks what has come, up to the first frame that is not for MonoTorrent or not whole.</summary>
    /// <returns>Bytes from <see cref="_passed"/> on that the next frame takes; 0: it must wait.</returns>
    private int Pass(out CloseReason refused)
    {
        refused = CloseReason.None;
        while (true)
        {
            ReadOnlySpan<byte> data = _buffer.AsSpan(_passed, _filled - _passed);
            if (!IsGreeted)
            {
                if (Handshake.TryRead(data, out Handshake handshake, out _) is var status and not FrameStatus.Complete)
                {
                    refused = status == FrameStatus.Invalid ? CloseReason.ProtocolError : CloseReason.None;
                    return Handshake.LengthBytes;
                }
                refused = connection.Admit(handshake);
                if (refused != CloseReason.None)
                    return 0;
                Greet(handshake);
                _passed += Handshake.LengthBytes;
                return 0;
            }
            FrameStatus read = PeerMessage.TryRead(data, _limits, out PeerMessage message, out int wanted, out _);
            if (read == FrameStatus.Incomplete)
                return wanted;
            if (read == FrameStatus.Invalid || message.Type == MessageType.Piece || !Witness!.Hear(message))
            {
                refused = CloseReason.ProtocolError;
                return 0;
            }
            if (message.Type == MessageType.Request && !TryAsk(message.Block))
                return 0;
            Note(message);
            if (!IsKnown(message))
            {
                // Only ever found at the front: what came before was given out.
                if (_given < _passed)
                    return 0;
                _given += wanted;
                _passed = _given;
                continue;
            }
            _passed += wanted;
            return 0;
        }
    }

    private Task WhenAnswered()
    {
        lock (_gate)
        {
            bool isFull = _asked.Count >= engine.Setup.Limits.RequestQueueDepth && !connection.Disposed;
            return isFull ? _answered.Task : Task.CompletedTask;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Greet(in Handshake handshake)
    {
        MonoSwarm swarm = connection.Swarm!;
        _fast = handshake.Reserved.HasFlag(ReservedBits.Fast);
        _limits = new FrameLimits { PieceCount = swarm.Torrent.PieceCount, MaxBlockBytes = 0 };
        PeerRecord record = engine.Progress.Open(swarm.Torrent.InfoHash, handshake.PeerId, connection.Remote.Address);
        if (connection.Dialled)
            record.SetListenPort(connection.Remote.Port);
        Witness = new PeerWitness(swarm, record, _fast, connection.Dialled, engine.Clock);
        Witness.Completed += () => engine.Raise(PeerChange.Completed, connection, CloseReason.None);
        Volatile.Write(ref _greeted, true);
        engine.Raise(PeerChange.Connected, connection, CloseReason.None);
    }

    private bool TryAsk(BlockRequest request)
    {
        lock (_gate)
        {
            if (_asked.Count >= engine.Setup.Limits.RequestQueueDepth)
                return false;
            // A choked peer's requests are dropped, or rejected, without having waited.
            if (Unchoked)
                _asked.Add(request);
            return true;
        }
    }

    private void Note(in PeerMessage message)
    {
        if (message.Type is MessageType.Interested or MessageType.NotInterested)
            Interested = message.Type == MessageType.Interested;
        if (message.Type != MessageType.Cancel)
            return;
        lock (_gate)
            Forget(message.Block);
    }

    private void Forget(BlockRequest block)
    {
        int found = _asked.FindIndex(each => each.Piece == block.Piece && each.OffsetBytes == block.OffsetBytes);
        if (found >= 0)
            _asked.RemoveAt(found);
    }

    private static bool IsKnown(in PeerMessage message) =>
        message.Type switch
        {
            MessageType.Extended => message.ExtensionId <= MaxExtensionId,
            <= MessageType.Port or >= MessageType.SuggestPiece and <= MessageType.AllowedFast => true,
            MessageType.HashRequest or MessageType.KeepAlive => true,
            _ => false,
        };

    private void Compact(int wanted)
    {
        int left = _filled - _passed;
        byte[] target =
            _buffer.Length >= wanted && _buffer.Length <= Math.Max(BufferBytes, 2 * wanted)
                ? _buffer
                : new byte[Math.Max(BufferBytes, wanted)];
        _buffer.AsSpan(_passed, left).CopyTo(target);
        _buffer = target;
        (_given, _passed, _filled) = (0, 0, left);
    }
}
