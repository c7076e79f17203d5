using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// A connection's sending half. The way of a block: (1) control messages go first, between two blocks; (2) the oldest requests whose
/// pieces are at hand form a batch; (3) the limits let it go; (4) headers and blocks leave in one gathered send; (5) what the socket
/// accepted is counted by position, as payload or overhead; (6) after a turn's bytes the others come first.
/// </summary>
internal sealed class PeerSender(SeedingEngine engine, Socket socket, PeerConnection connection)
{
    /// <summary>64 blocks of 16 KiB are one MiB a system call.</summary>
    private const int MaxBatchBlocks = 64;

    private const int MaxContentFaults = 8;

    private readonly Lock _gate = new();
    private readonly RequestQueue _requests = new(engine.Limits.RequestQueueDepth);
    private readonly PeerOutbox _outbox = new();
    private readonly AsyncSignal _work = new();
    private readonly AsyncSignal _drained = new();

    // Written by the sending loop alone.
    private SendCredit? _credit;
    private HeldPieces? _pieces;
    private byte[]? _headers;
    private int _headSent; // bytes of the oldest request's frame that the socket has
    private int _reserved; // the oldest requests that may not be taken out
    private int _contentFaults;
    private int _singleSends; // so many sends still carry one block alone
    private long _payloadBytes;
    private long _lastAcceptedAt = engine.Clock.GetTimestamp();
    private bool _blocked;

    public SeedSwarm? Swarm { get; set; }

    public SendMeter? Meter { get; set; }

    public long PayloadBytes => Interlocked.Read(ref _payloadBytes);

    public int QueuedRequests
    {
        get
        {
            lock (_gate)
                return _requests.Count;
        }
    }

    public TimeSpan SinceAccepted => engine.Clock.GetElapsedTime(Volatile.Read(ref _lastAcceptedAt));

    /// <summary>The socket is full, and waits for the peer to read.</summary>
    public bool IsBlocked => Volatile.Read(ref _blocked);

    public long PendingControlBytes => _outbox.PendingBytes;

    /// <summary>False: the queue is full.</summary>
    public bool TryEnqueue(BlockRequest request)
    {
        lock (_gate)
        {
            if (!_requests.TryEnqueue(request))
                return false;
        }
        _work.Set();
        return true;
    }

    /// <summary>False: nothing of the kind waits, or it is on its way.</summary>
    public bool TryCancel(BlockRequest request)
    {
        lock (_gate)
            return _requests.TryRemove(request, _reserved);
    }

    /// <summary>Drops all requests but those under way; <paramref name="dropped"/> hears of each.</summary>
    public void DropRequests(Action<BlockRequest> dropped)
    {
        lock (_gate)
        {
            for (int index = _reserved; index < _requests.Count; index++)
                dropped(_requests[index]);
            _requests.Truncate(_reserved);
        }
    }

    public void Add(Action<IBufferWriter<byte>> write, bool metadata = false)
    {
        _outbox.Add(write, metadata);
        _work.Set();
    }

    /// <summary>Wakes both halves, so that they see that the connection is closed.</summary>
    public void Wake()
    {
        _work.Set();
        _drained.Set();
    }

    /// <summary>Returns when control messages were sent, or on <see cref="Wake"/>: for the receiving half alone.</summary>
    public ValueTask WaitForDrainAsync() => _drained.WaitAsync();

    /// <summary>Sends until the connection is closed, and closes it when the socket breaks.</summary>
    public async Task RunAsync(CancellationToken closed)
    {
        try
        {
            int turnBytes = 0;
            while (!closed.IsCancellationRequested)
            {
                if (_headSent == 0 && _outbox.Take() is { IsEmpty: false } control)
                {
                    await SendControlAsync(control);
                    continue;
                }
                if (!TryPeek(out BlockRequest head))
                {
                    await _work.WaitAsync();
                    continue;
                }
                if (!IsReady(head, closed, out bool refused))
                {
                    // Meanwhile control messages go on.
                    if (!refused)
                        await _work.WaitAsync();
                    continue;
                }
                long sent = SendBatch(out SocketError fault, out bool full);
                turnBytes += (int)sent;
                if (fault is not (SocketError.Success or SocketError.WouldBlock or SocketError.Fault))
                    break;
                if (full && fault != SocketError.Fault)
                {
                    if (!await WaitUntilWritableAsync())
                        break;
                    turnBytes = 0;
                }
                else if (turnBytes >= engine.Limits.TurnBytes)
                {
                    turnBytes = 0;
                    await YieldTurn.Instance;
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        { }
        finally
        {
            _pieces?.Abandon();
            _pieces?.ReleaseAll();
            connection.Close(CloseReason.ByPeer);
        }
    }

    private bool TryPeek(out BlockRequest head)
    {
        lock (_gate)
        {
            head = _requests.Count > 0 ? _requests[0] : default;
            return _requests.Count > 0;
        }
    }

    private async Task SendControlAsync(ReadOnlyMemory<byte> control)
    {
        while (!control.IsEmpty)
        {
            int sent = socket.Send(control.Span, SocketFlags.None, out SocketError fault);
            if (fault == SocketError.WouldBlock)
            {
                Volatile.Write(ref _blocked, true);
                sent = await socket.SendAsync(control[..1], SocketFlags.None);
                Volatile.Write(ref _blocked, false);
            }
            else if (fault != SocketError.Success)
                throw new SocketException((int)fault);
            CountControl(sent);
            control = control[sent..];
        }
        _drained.Set();
    }

    private void CountControl(int bytes)
    {
        Touch();
        int metadata = _outbox.Sent(bytes);
        Swarm!.CountMetadata(metadata);
        Swarm.CountOverhead(bytes - metadata);
        engine.Telemetry.SentMetadata(metadata);
        engine.Telemetry.SentOverhead(bytes - metadata);
    }

    /// <summary>Whether the limits let the oldest block go and its piece is held. False: wait for work, or it was refused.</summary>
    private bool IsReady(BlockRequest head, CancellationToken closed, out bool refused)
    {
        refused = false;
        if (_pieces is null)
        {
            SeedingLimits limits = engine.Limits;
            var own = new UploadLimiter(engine.Clock) { BytesPerSecond = limits.PeerUploadLimitBytesPerSecond };
            _credit = new SendCredit(engine.Limiter, own, limits.TurnBytes, _work, closed);
            _pieces = new HeldPieces(Swarm!.Pieces, MaxBatchBlocks, _work, closed);
            _headers = GC.AllocateUninitializedArray<byte>(MaxBatchBlocks * WireWriter.PieceHeaderBytes, pinned: true);
        }
        if (!_credit!.Covers(head.LengthBytes, (long)QueuedRequests * BlockRequest.StandardBytes))
            return false;
        PieceHold hold = _pieces.HoldFirst(head.Piece);
        refused = hold == PieceHold.Unavailable;
        if (refused)
            RefuseHead(head);
        return hold == PieceHold.Held;
    }

    /// <summary>The piece cannot be had now: the peer is told, so that it asks elsewhere, or here later.</summary>
    private void RefuseHead(BlockRequest head)
    {
        if (_headSent > 0)
        {
            connection.Close(CloseReason.ContentFault);
            return;
        }
        if (TryCancel(head))
            connection.Refuse(head);
    }

    private unsafe long SendBatch(out SocketError fault, out bool full)
    {
        SendPlace* places = stackalloc SendPlace[2 * MaxBatchBlocks];
        int count = 0;
        long offered = 0;
        int blocks;
        lock (_gate)
        {
            // A cancel may have come between; then the held piece may not be the head's.
            if (_requests.Count == 0 || _pieces!.First?.Piece != _requests[0].Piece)
            {
                fault = SocketError.Success;
                full = false;
                return 0;
            }
            blocks = FillBatch(places, ref count, ref offered);
            _reserved = blocks;
        }
        long sent = GatherSend.TrySend(socket, new ReadOnlySpan<SendPlace>(places, count), out fault);
        Account(sent);
        // The piece of what is now the oldest request is kept, the others are let go.
        KeepHeadPiece();
        // A batch does not say which of its pieces could not be read: its blocks are then sent one by one.
        if (fault == SocketError.Fault && blocks > 1)
            _singleSends = MaxBatchBlocks;
        else if (fault == SocketError.Fault)
            DiscardHeadPiece();
        full = sent < offered;
        return sent;
    }

    private unsafe int FillBatch(SendPlace* places, ref int count, ref long offered)
    {
        var headers = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_headers!, 0);
        long allowed = _credit!.Bytes;
        int skip = _headSent;
        int blocks = 0;
        int most = _singleSends > 0 ? 1 : MaxBatchBlocks;
        _singleSends = Math.Max(0, _singleSends - 1);
        for (; blocks < most && blocks < _requests.Count; blocks++)
        {
            BlockRequest request = _requests[blocks];
            if (blocks > 0)
            {
                if (offered + request.LengthBytes > allowed || !_pieces!.TryHoldNext(blocks, request.Piece))
                    break;
            }
            byte* header = headers + blocks * WireWriter.PieceHeaderBytes;
            WireWriter.WritePieceHeader(new Span<byte>(header, WireWriter.PieceHeaderBytes), request);
            int headerSkip = Math.Min(skip, WireWriter.PieceHeaderBytes);
            int blockSkip = skip - headerSkip;
            if (headerSkip < WireWriter.PieceHeaderBytes)
                places[count++] = new SendPlace(header + headerSkip, WireWriter.PieceHeaderBytes - headerSkip);
            places[count++] = new SendPlace(
                _pieces![blocks].Address + request.OffsetBytes + blockSkip,
                request.LengthBytes - blockSkip
            );
            offered += WireWriter.PieceHeaderBytes + request.LengthBytes - skip;
            skip = 0;
        }
        return blocks;
    }

    private void Account(long accepted)
    {
        if (accepted <= 0)
        {
            lock (_gate)
                _reserved = _headSent > 0 ? 1 : 0;
            return;
        }
        long payload = 0;
        lock (_gate)
        {
            long left = accepted;
            while (left > 0)
            {
                int frame = WireWriter.PieceHeaderBytes + _requests[0].LengthBytes;
                int take = (int)Math.Min(left, frame - _headSent);
                int end = _headSent + take;
                payload +=
                    Math.Max(end, WireWriter.PieceHeaderBytes) - Math.Max(_headSent, WireWriter.PieceHeaderBytes);
                left -= take;
                _headSent = end;
                if (end == frame)
                {
                    _requests.Dequeue();
                    _headSent = 0;
                }
            }
            _reserved = _headSent > 0 ? 1 : 0;
        }
        Meter!.Add(payload);
        Interlocked.Add(ref _payloadBytes, payload);
        Swarm!.CountPayload(payload);
        Swarm.CountOverhead(accepted - payload);
        engine.Telemetry.Sent(payload);
        engine.Telemetry.SentOverhead(accepted - payload);
        _credit!.Spend(payload);
        Touch();
    }

    private void KeepHeadPiece() => _pieces!.KeepOnly(TryPeek(out BlockRequest head) ? head.Piece : -1);

    private void DiscardHeadPiece()
    {
        _pieces!.DiscardFirst();
        _singleSends = 0;
        if (++_contentFaults > MaxContentFaults)
            connection.Close(CloseReason.ContentFault);
    }

    /// <summary>
    /// Waits by sending one byte of the oldest block: it is accepted or not, never in part, so that a break leaves nothing uncounted.
    /// </summary>
    /// <returns>False: the memory could not be read too often.</returns>
    private async ValueTask<bool> WaitUntilWritableAsync()
    {
        BlockRequest head;
        lock (_gate)
        {
            if (_requests.Count == 0 || _pieces!.First?.Piece != _requests[0].Piece)
                return true;
            head = _requests[0];
            _reserved = 1;
        }
        VerifiedPiece piece = _pieces.First;
        ReadOnlyMemory<byte> one =
            _headSent < WireWriter.PieceHeaderBytes
                ? HeaderByte(head)
                : piece.Memory.Slice(head.OffsetBytes + _headSent - WireWriter.PieceHeaderBytes, 1);
        Volatile.Write(ref _blocked, true);
        try
        {
            Account(await socket.SendAsync(one, SocketFlags.None));
            KeepHeadPiece();
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.Fault)
        {
            Account(0);
            DiscardHeadPiece();
        }
        Volatile.Write(ref _blocked, false);
        return !connection.IsClosed;
    }

    private ReadOnlyMemory<byte> HeaderByte(BlockRequest head)
    {
        WireWriter.WritePieceHeader(_headers, head);
        return _headers.AsMemory(_headSent, 1);
    }

    private void Touch() => Volatile.Write(ref _lastAcceptedAt, engine.Clock.GetTimestamp());
}
