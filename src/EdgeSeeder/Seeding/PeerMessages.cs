using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Audits;
using Distribution.EdgeSeeder.Seeding.Exchange;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What a greeted peer says, and what is done about it. The connection's loop's thread alone, where nothing else is said.</summary>
internal sealed class PeerMessages
{
    /// <summary>A seed is told nothing long but a bitfield.</summary>
    private const int MaxExtendedBytes = 32 * 1024;

    private readonly SeedingEngine _engine;
    private readonly PeerConnection _connection;
    private readonly SeedSwarm _swarm;
    private readonly PeerSender _sender;
    private readonly PeerRecord _record;
    private readonly FrameLimits _frameLimits;
    private readonly ShownPieces _have;
    private readonly PeerAuditor _auditor;
    private readonly bool _fast;
    private ExtensionHandshake? _extensions;
    private AllowedPieces? _allowed;
    private PeerExchange? _exchange;
    private long _haveBytes;
    private long _completedAt;
    private bool _haveKnown;
    private bool _interested;
    private bool _unchoked;
    private readonly List<int> _ahead = [];
    private int _lastPiece = -1;

    public PeerMessages(
        SeedingEngine engine,
        PeerConnection connection,
        SeedSwarm swarm,
        PeerSender sender,
        Handshake handshake
    )
    {
        _engine = engine;
        _connection = connection;
        _swarm = swarm;
        _sender = sender;
        _fast = handshake.Reserved.HasFlag(ReservedBits.Fast);
        _have = new ShownPieces(swarm.Files, swarm.Torrent.PieceCount);
        _frameLimits = new FrameLimits
        {
            PieceCount = swarm.Torrent.PieceCount,
            MaxBlockBytes = engine.Audits.IsOpen ? BlockRequest.StandardBytes : 0,
            MaxExtendedBytes = MaxExtendedBytes,
        };
        _record = engine.Progress.Open(swarm.Torrent.InfoHash, handshake.PeerId, connection.Remote.Address);
        if (connection.Dialled)
            _record.SetListenPort(connection.Remote.Port);
        _auditor = new PeerAuditor(
            engine.Audits,
            engine.Limits,
            engine.Clock,
            swarm.Pieces,
            _have,
            _record,
            sender.Outbox
        );
    }

    public string? Client => _extensions?.Client;

    public int ListenPort => _extensions?.ListenPort ?? 0;

    public bool Interested => Volatile.Read(ref _interested);

    public bool Unchoked => Volatile.Read(ref _unchoked);

    /// <summary>What the peer showed to hold; set by the receiving half.</summary>
    public ShownPieces Have => _have;

    public long HaveBytes => Interlocked.Read(ref _haveBytes);

    /// <summary>When the peer had every piece, as a timestamp; 0: not yet.</summary>
    public long CompletedAt => Interlocked.Read(ref _completedAt);

    /// <summary>Handles all whole frames in <paramref name="data"/>.</summary>
    /// <param name="wanted">The length of the frame that is still incomplete.</param>
    /// <param name="count">Frames that were handled.</param>
    /// <returns>None; else why the connection must end.</returns>
    public CloseReason Read(ReadOnlySpan<byte> data, out int consumed, out int wanted, out int count)
    {
        consumed = count = 0;
        while (true)
        {
            FrameStatus status = PeerMessage.TryRead(
                data[consumed..],
                _frameLimits,
                out PeerMessage message,
                out wanted,
                out _
            );
            if (status == FrameStatus.Incomplete)
                return CloseReason.None;
            if (status == FrameStatus.Invalid || !Handle(message))
                return CloseReason.ProtocolError;
            consumed += wanted;
            count++;
        }
    }

    /// <summary>
    /// Has the pieces fetched that were asked for and those that follow. Called once what is at hand was sent: the threads that fetch would take
    /// their time from it.
    /// </summary>
    public void FetchAhead()
    {
        foreach (int piece in _ahead)
            _swarm.Pieces.Prefetch(piece);
        _ahead.Clear();
    }

    /// <summary>Looks whether the peer is to be asked for what it shows, and to be told of others; called every tick.</summary>
    public void Tick()
    {
        _auditor.Tick();
        if (_extensions is not { ExchangeId: not 0 } extensions || !_swarm.NamesPeers)
            return;
        _exchange ??= new PeerExchange(_engine.Clock);
        if (!_exchange.IsDue)
            return;
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        if (_exchange.TryWrite(_swarm.Reachable.Now, _connection.Remote.Address, _connection.ListenEndpoint, body))
            WireWriter.WriteExtended(_sender.Outbox, extensions.ExchangeId, body.WrittenSpan);
    }

    public void Leave()
    {
        _auditor.Leave();
        _engine.Slots.Leave(_connection);
        _engine.Progress.Close(_record);
    }

    public void Unchoke()
    {
        Volatile.Write(ref _unchoked, true);
        Signal(MessageType.Unchoke);
    }

    /// <summary>Chokes; what was asked for is dropped, which BEP 6 wants to be said of each request, but for what is allowed fast.</summary>
    public void Choke()
    {
        Volatile.Write(ref _unchoked, false);
        Signal(MessageType.Choke);
        _sender.DropRequests(Reject, _allowed is { } allowed ? request => allowed.Has(request.Piece) : null);
        if (_interested)
            AllowFast();
    }

    /// <summary>Says that a request will not be answered. BEP 3 alone has only one word for it: a choke drops all that was asked.</summary>
    public void Refuse(BlockRequest request)
    {
        if (_fast)
        {
            Reject(request);
            return;
        }
        _sender.DropRequests(Reject);
        Signal(MessageType.Choke);
        Signal(MessageType.Unchoke);
    }

    /// <returns>False: the message breaks the protocol.</returns>
    private bool Handle(in PeerMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Interested when !_interested:
                Volatile.Write(ref _interested, true);
                NothingShownYet();
                _engine.Slots.Enter(_connection);
                if (!_unchoked)
                    AllowFast();
                return true;
            case MessageType.NotInterested when _interested:
                Volatile.Write(ref _interested, false);
                _engine.Slots.Leave(_connection);
                return true;
            case MessageType.Have:
                NothingShownYet();
                if (_have.Add(message.Block.Piece))
                    ShowHave();
                return true;
            case MessageType.HaveAll when _fast:
                _have.AddAll();
                ShowHave();
                return true;
            case MessageType.HaveNone when _fast:
                NothingShownYet();
                return true;
            case MessageType.Bitfield:
                return HandleBitfield(message.Payload);
            case MessageType.Request:
                return HandleRequest(message.Block);
            case MessageType.Cancel:
                if (_sender.TryCancel(message.Block))
                    Reject(message.Block);
                return true;
            case MessageType.Extended:
                HandleExtended(message);
                return true;
            case MessageType.HashRequest when _swarm.OtherName is not null:
                if (!HashRequest.TryParse(message.Payload, out HashRequest request))
                    return false;
                int before = _sender.Outbox.PendingBytes;
                _swarm.WriteHashes(_sender.Outbox, request);
                _sender.Outbox.MarkMetadata(_sender.Outbox.PendingBytes - before);
                return true;
            case MessageType.Unchoke:
                _auditor.Unchoked();
                return true;
            case MessageType.Choke:
                _auditor.Choked(rejects: _fast);
                return true;
            case MessageType.AllowedFast when _fast:
                _auditor.Allowed(message.Block.Piece);
                return true;
            case MessageType.RejectRequest when _fast:
                _auditor.Rejected(message.Block);
                return true;
            case MessageType.Piece:
                if (!_auditor.Answered(message.Block, message.Payload, out bool isConfirmed))
                    return false;
                if (isConfirmed)
                    _engine.Households.Know(_connection.Household);
                return true;
            default:
                return true;
        }
    }

    private bool HandleBitfield(ReadOnlySpan<byte> body)
    {
        if (!Bitfield.TryParse(body, _swarm.Torrent.PieceCount, out Bitfield? shown, out _))
            return false;
        _have.Add(shown!);
        ShowHave();
        return true;
    }

    private bool HandleRequest(BlockRequest request)
    {
        NothingShownYet();
        int pieceSize = _swarm.Torrent.PieceSizeBytes(request.Piece);
        bool valid =
            request.LengthBytes > 0
            && request.LengthBytes <= _engine.Limits.MaxRequestBytes
            && request.OffsetBytes <= pieceSize - request.LengthBytes;
        if (!valid && !_fast)
            return false;
        bool isAllowed = valid && (_unchoked || _allowed?.TryTake(request) == true);
        if (!isAllowed || !_sender.TryEnqueue(request))
        {
            Reject(request);
            return true;
        }
        if (request.Piece != _lastPiece)
        {
            _ahead.Add(request.Piece);
            if (request.Piece == _lastPiece + 1)
                _ahead.AddRange([request.Piece + 1, request.Piece + 2]);
            _lastPiece = request.Piece;
        }
        return true;
    }

    private void HandleExtended(in PeerMessage message)
    {
        if (message.ExtensionId == 0)
        {
            // BEP 10: it may come again, and then adds to the first; what cannot be read is passed over.
            if (!ExtensionHandshake.TryParse(message.Payload.ToArray(), out ExtensionHandshake? extensions, out _))
                return;
            _extensions = extensions! with
            {
                MetadataId = Later(extensions.MetadataId, _extensions?.MetadataId),
                ExchangeId = Later(extensions.ExchangeId, _extensions?.ExchangeId),
            };
            if (!_connection.Dialled && extensions.ListenPort != 0)
                _record.SetListenPort(extensions.ListenPort);
        }
        else if (message.ExtensionId == SeedSwarm.MetadataId)
            HandleMetadata(message.Payload);
        else if (message.ExtensionId == SeedSwarm.DontHaveId && message.Payload.Length == 4)
        {
            uint piece = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(message.Payload);
            if (piece < _swarm.Torrent.PieceCount && _have.Remove((int)piece))
                ShowHave();
        }

        static byte Later(byte now, byte? before) => now != 0 ? now : before ?? 0;
    }

    private void HandleMetadata(ReadOnlySpan<byte> payload)
    {
        byte theirId = _extensions?.MetadataId ?? 0;
        if (
            theirId == 0
            || !MetadataMessage.TryParse(payload, out MetadataMessage message, out _)
            || message.Type != MetadataMessageType.Request
        )
            return;
        ReadOnlyMemory<byte> metadata = _swarm.Torrent.Raw;
        int piece = message.Piece;
        long start = (long)piece * MetadataMessage.PieceBytes;
        var body = new System.Buffers.ArrayBufferWriter<byte>(256);
        if (start >= metadata.Length)
            new MetadataMessage(MetadataMessageType.Reject, piece).Write(body);
        else
        {
            ReadOnlyMemory<byte> rest = metadata[(int)start..];
            ReadOnlySpan<byte> data = rest.Span[..Math.Min(rest.Length, MetadataMessage.PieceBytes)];
            new MetadataMessage(MetadataMessageType.Data, piece, metadata.Length, data).Write(body);
        }
        int before = _sender.Outbox.PendingBytes;
        WireWriter.WriteExtended(_sender.Outbox, theirId, body.WrittenSpan);
        _sender.Outbox.MarkMetadata(_sender.Outbox.PendingBytes - before);
    }

    /// <summary>A peer that says anything else before what it has, has nothing (BEP 3: the bitfield comes first or not at all).</summary>
    private void NothingShownYet()
    {
        if (_haveKnown)
            return;
        _haveKnown = true;
        _record.SetHave(0);
    }

    private void ShowHave()
    {
        _haveKnown = true;
        Interlocked.Exchange(ref _haveBytes, _have.Bytes);
        _record.SetHave(_have.Bytes);
        if (_have.IsFull && CompletedAt == 0)
        {
            Interlocked.Exchange(ref _completedAt, _engine.Clock.GetTimestamp());
            _engine.Raise(PeerChange.Completed, _connection, _swarm, CloseReason.None);
        }
    }

    /// <summary>Names the pieces that the peer may ask for while it waits (BEP 6), once.</summary>
    private void AllowFast()
    {
        if (!_fast || _allowed is not null)
            return;
        _allowed = new AllowedPieces(_swarm.Torrent, _connection.Remote.Address);
        foreach (int piece in _allowed.Pieces)
        {
            WireWriter.WriteHave(_sender.Outbox.GetSpan(WireWriter.HaveBytes), piece, MessageType.AllowedFast);
            _sender.Outbox.Advance(WireWriter.HaveBytes);
        }
    }

    private void Reject(BlockRequest request)
    {
        if (!_fast)
            return;
        WireWriter.WriteRequest(_sender.Outbox.GetSpan(WireWriter.RequestBytes), MessageType.RejectRequest, request);
        _sender.Outbox.Advance(WireWriter.RequestBytes);
    }

    private void Signal(MessageType type) =>
        _sender.Outbox.Advance(WireWriter.WriteSignal(_sender.Outbox.GetSpan(WireWriter.SignalBytes), type));
}
