using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Links;
using Distribution.EdgeSeeder.Seeding.Loops;
using Distribution.EdgeSeeder.Seeding.Rates;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// A connection's sending half. The way of a block: (1) control messages go first, between two blocks; (2) the limits let it go; (3) the
/// oldest requests whose pieces are at hand form a batch; (4) headers and blocks leave in one gathered send; (5) what the socket
/// accepted is counted by position, as payload or overhead. Its loop's thread alone, where nothing else is said.
/// </summary>
internal sealed class PeerSender(SeedingEngine engine, PeerLink link, PeerConnection connection)
{
    private const int MaxContentFaults = 8;

    private readonly RequestQueue _requests = new(engine.Limits.RequestQueueDepth);
    private readonly TokenBucket _ownRate = new(engine.Clock);
    private SendMeter? _meter;
    private Func<int> _viewersThere = static () => 1;
    private HeadPiece? _head;
    private int _headSent; // bytes of the oldest request's frame that the socket has
    private int _committed; // bytes of blocks that the link has not given back
    private int _contentFaults;
    private int _singleSends; // so many sends still carry one block alone
    private long _linkBytes; // what the link sent of its own, as far as it is counted
    private long _payloadBytes;

    public SeedSwarm? Swarm { get; set; }

    /// <summary>What the household has of the torrent; null: not known.</summary>
    public Takings? Takings { get; private set; }

    public PeerOutbox Outbox { get; } = new();

    /// <summary>Any thread.</summary>
    public long PayloadBytes => Volatile.Read(ref _payloadBytes);

    /// <summary>Any thread.</summary>
    public int QueuedRequests => _requests.Count;

    public bool IsQueueFull => _requests.IsFull;

    /// <summary>Everything that the socket accepted.</summary>
    public long AcceptedBytes { get; private set; }

    /// <summary>The timestamp at which the socket last accepted something.</summary>
    public long LastAcceptedAt { get; private set; } = engine.Clock.GetTimestamp();

    /// <summary>The timestamp at which the socket last accepted a part of a block; 0: never.</summary>
    public long LastBlockAt { get; private set; }

    /// <summary>Blocks that were sent whole.</summary>
    public long BlocksSent { get; private set; }

    /// <summary>Control messages may leave now.</summary>
    public bool HasControl => Outbox.PendingBytes > 0 && !IsInsideBlock;

    /// <summary>Blocks may leave now, for all that depends on us.</summary>
    public bool HasBlocks => _requests.Count > 0 && _head?.IsWaitingFor(_requests[0]) != true;

    private bool IsInsideBlock => _headSent > 0 || _committed > 0;

    /// <summary>The oldest requests that cannot be taken out any more.</summary>
    private int Reserved
    {
        get
        {
            int count = 0;
            for (long left = (long)_headSent + _committed; left > 0 && count < _requests.Count; count++)
                left -= WireWriter.PieceHeaderBytes + _requests[count].LengthBytes;
            return count;
        }
    }

    /// <summary>Says who we are, by a name of the swarm.</summary>
    public void Greet(SeedSwarm swarm, InfoHash name)
    {
        ReservedBits speaks = ReservedBits.Fast | ReservedBits.Extensions;
        if (swarm.OtherName is not null)
            speaks |= ReservedBits.V2;
        Swarm = swarm;
        new Handshake(name, engine.PeerId, speaks).Write(Outbox.GetSpan(Handshake.LengthBytes));
        Outbox.Advance(Handshake.LengthBytes);
    }

    /// <summary>From now on what is sent is booked and remembered as this swarm's.</summary>
    public void CountFor(SeedSwarm swarm)
    {
        _viewersThere = () => swarm.Dials.CountAt(connection.Household.Key);
        _meter = engine.Journal.Meter(swarm.Torrent.InfoHash, connection.Remote.Address, SendKind.Edge);
        Takings = engine.Households.TakingsOf(connection.Household, swarm.Torrent.InfoHash, swarm.Torrent.LengthBytes);
    }

    /// <summary>The other end is ours too, and learns by this handshake that it has dialled itself.</summary>
    public unsafe void ShowOurselves(InfoHash name)
    {
        byte* handshake = stackalloc byte[Handshake.LengthBytes];
        new Handshake(name, engine.PeerId, ReservedBits.None).Write(new Span<byte>(handshake, Handshake.LengthBytes));
        var place = new SendPlace(handshake, Handshake.LengthBytes);
        link.Send(new ReadOnlySpan<SendPlace>(ref place), out _);
    }

    /// <summary>False: the queue is full.</summary>
    public bool TryEnqueue(BlockRequest request) => _requests.TryEnqueue(request);

    /// <summary>False: nothing of the kind waits, or it is on its way.</summary>
    public bool TryCancel(BlockRequest request) => _requests.TryRemove(request, Reserved);

    /// <summary>Drops all requests but those under way and those that are excepted; <paramref name="dropped"/> hears of each.</summary>
    public void DropRequests(Action<BlockRequest> dropped, Func<BlockRequest, bool>? isExcepted = null)
    {
        var excepted = new List<BlockRequest>();
        int reserved = Reserved;
        for (int index = reserved; index < _requests.Count; index++)
        {
            BlockRequest request = _requests[index];
            if (isExcepted?.Invoke(request) == true)
                excepted.Add(request);
            else
                dropped(request);
        }
        _requests.Truncate(reserved);
        excepted.ForEach(request => _requests.TryEnqueue(request));
    }

    /// <summary>Sends control messages, as far as they may go before the blocks. False: the connection is broken.</summary>
    public bool TrySendControl()
    {
        while (!IsInsideBlock && Outbox.PendingBytes > 0 && connection.CanWrite)
        {
            int sent = SendControl(out SocketError fault);
            if (fault == SocketError.WouldBlock)
                connection.CanWrite = false;
            else if (fault != SocketError.Success)
                return false;
            else
                CountControl(sent);
        }
        return true;
    }

    /// <summary>One turn: a batch of blocks, if there is room, the limits let it go and its pieces are at hand. False: the connection is broken.</summary>
    public bool TrySendBlocks()
    {
        if (_requests.Count == 0 || !connection.CanWrite || (Outbox.PendingBytes > 0 && !IsInsideBlock))
            return true;
        var allowance = new SendAllowance(engine.NodeRate, Swarm!.Rate, OwnRate(), engine.Limits.TurnBytes);
        if (allowance.FreeAt is > 0 and var freeAt && freeAt > engine.Clock.GetTimestamp())
        {
            if (connection.ComesFirst && freeAt == engine.NodeRate.FreeAt)
                engine.Strangers.ViewerWaits();
            connection.Throttle(freeAt);
            return true;
        }
        BlockRequest head = _requests[0];
        _head ??= new HeadPiece(Swarm.Pieces, connection.PieceArrived);
        if (!_head.TryHold(head, out bool isUnavailable))
        {
            if (isUnavailable)
                RefuseHead(head);
            return true;
        }
        return SendBatch(allowance);
    }

    /// <summary>Lets go of memory that an idle connection does not need.</summary>
    public void Trim() => _requests.Trim();

    public void Close()
    {
        if (Takings is { } takings)
            engine.Households.Keep(takings);
        _head?.Dispose();
        Outbox.Clear();
        _requests.Truncate(0);
        _requests.Trim();
    }

    private TokenBucket OwnRate()
    {
        long all = engine.Limits.PeerUploadLimitBytesPerSecond;
        long swarms = Swarm!.PeerBytesPerSecond;
        _ownRate.BytesPerSecond = all == 0 || (swarms > 0 && swarms < all) ? swarms : all;
        return _ownRate;
    }

    private unsafe int SendControl(out SocketError fault)
    {
        ReadOnlySpan<byte> pending = Outbox.Pending;
        fixed (byte* first = pending)
        {
            var place = new SendPlace(first, pending.Length);
            return (int)link.Send(new ReadOnlySpan<SendPlace>(ref place), out fault);
        }
    }

    private void CountControl(int bytes)
    {
        Accepted(bytes);
        int metadata = Outbox.Sent(bytes);
        Swarm!.CountMetadata(metadata);
        Swarm.CountOverhead(bytes - metadata);
        if (metadata > 0)
            engine.Telemetry.SentMetadata(metadata);
        engine.Telemetry.SentOverhead(bytes - metadata);
    }

    /// <summary>The piece cannot be had now: the peer is told, so that it asks elsewhere, or here later.</summary>
    private void RefuseHead(BlockRequest head)
    {
        if (IsInsideBlock)
            connection.Close(CloseReason.ContentFault);
        else if (TryCancel(head))
            connection.Refuse(head);
    }

    private bool SendBatch(SendAllowance allowance)
    {
        BatchScratch scratch = connection.Loop.Scratch;
        int blocks = FillBatch(scratch, allowance.Bytes);
        if (scratch.UnderWay is { } underWay)
            _meter!.Begin(underWay);
        long sent = link.Send(scratch.Places, scratch.UnderWay, out SocketError fault);
        bool isFull = sent < scratch.OfferedBytes;
        Account(sent, allowance, scratch.UnderWay);
        // The piece of what is now the oldest request is kept, the others are let go.
        int next = _requests.Count > 0 ? _requests[0].Piece : -1;
        VerifiedPiece? kept = scratch.Release(next);
        if (kept is not null || _head!.Held?.Piece != next)
            _head!.Replace(kept);
        switch (fault)
        {
            case SocketError.Success:
            case SocketError.WouldBlock:
                if (isFull)
                    connection.CanWrite = false;
                return true;
            // A batch does not say which of its pieces could not be read: its blocks are then sent one by one.
            case SocketError.Fault when blocks > 1:
                _singleSends = BatchScratch.MaxBlocks;
                return true;
            case SocketError.Fault:
                _head.Discard();
                _singleSends = 0;
                if (++_contentFaults > MaxContentFaults)
                    connection.Close(CloseReason.ContentFault);
                return true;
            default:
                return false;
        }
    }

    private int FillBatch(BatchScratch scratch, int allowedBytes)
    {
        scratch.Begin();
        int most = Math.Min(_singleSends > 0 ? 1 : BatchScratch.MaxBlocks, _requests.Count);
        _singleSends = Math.Max(0, _singleSends - 1);
        VerifiedPiece? piece = _head!.Held;
        int skip = _headSent;
        int payload = 0;
        int blocks = 0;
        for (; blocks < most; blocks++)
        {
            BlockRequest request = _requests[blocks];
            payload += request.LengthBytes;
            if (blocks > 0 && payload > allowedBytes)
                break;
            if (piece!.Piece != request.Piece || !piece.Has(request.OffsetBytes, request.LengthBytes))
            {
                if (!Swarm!.Pieces.TryTakeBlock(request, out piece))
                    break;
                scratch.Hold(piece!);
            }
            scratch.Add(blocks, request, piece!, skip);
            skip = 0;
        }
        return blocks;
    }

    private void Account(long accepted, SendAllowance allowance, SendUnderWay? underWay)
    {
        _committed = link.CommittedBytes;
        if (accepted <= 0)
        {
            underWay?.End(0);
            return;
        }
        long payload = 0;
        for (long left = accepted; left > 0; )
        {
            int frame = WireWriter.PieceHeaderBytes + _requests[0].LengthBytes;
            int take = (int)Math.Min(left, frame - _headSent);
            int end = _headSent + take;
            payload += Math.Max(end, WireWriter.PieceHeaderBytes) - Math.Max(_headSent, WireWriter.PieceHeaderBytes);
            left -= take;
            _headSent = end;
            if (end == frame)
            {
                Given(_requests[0]);
                _requests.Dequeue();
                _headSent = 0;
                BlocksSent++;
            }
        }
        Accepted(accepted);
        LastBlockAt = connection.Household.LastBlockAt = LastAcceptedAt;
        if (underWay is not null)
            underWay.End(payload);
        else
            _meter!.Add(payload);
        allowance.Take(payload);
        connection.Household.Neighbourhood.Take(payload);
        if (!connection.ComesFirst)
            engine.Strangers.Take(payload);
        Volatile.Write(ref _payloadBytes, _payloadBytes + payload);
        Swarm!.CountPayload(payload);
        Swarm.CountOverhead(accepted - payload);
        engine.Telemetry.Sent(payload);
        engine.Telemetry.SentOverhead(accepted - payload);
    }

    private void Given(BlockRequest block) =>
        Takings?.Add(
            (long)block.Piece * Swarm!.Torrent.PieceLengthBytes + block.OffsetBytes,
            block.LengthBytes,
            _viewersThere
        );

    private void Accepted(long bytes)
    {
        // Handshakes of the link and the like, as soon as it is known whose they are.
        long own = link.OwnBytes - _linkBytes;
        _linkBytes += own;
        Swarm!.CountOverhead(own);
        if (own > 0)
            engine.Telemetry.SentOverhead(own);
        AcceptedBytes += bytes;
        LastAcceptedAt = engine.Clock.GetTimestamp();
    }
}
