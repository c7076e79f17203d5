using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Links;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// One peer: greets it, reads what it says, and answers through its <see cref="PeerSender"/>. All of it happens on its loop's thread,
/// where nothing else is said. A connection on which nothing is under way holds no buffer.
/// </summary>
internal sealed class PeerConnection : IWatched
{
    /// <summary>Taken in at once: 960 requests.</summary>
    public const int ReceiveBytes = 16 * 1024;

    /// <summary>With more answers waiting nothing more is read: a peer that only asks holds no more memory than this.</summary>
    private const int MaxPendingControlBytes = 128 * 1024;

    private readonly SeedingEngine _engine;
    private readonly PeerLink _link;
    private readonly PeerSender _sender;
    private readonly PeerTimes _times;
    private readonly DialTarget? _target;
    private readonly bool _byOtherName;
    private readonly MessageBudget _budget;
    private readonly KeptInput _kept = new();
    private SeedSwarm? _swarm;
    private PeerMessages? _messages;
    private int _reason;
    private bool _greeted;
    private bool _hasEnded;
    private bool _isThrottled;

    /// <param name="dialled">The swarm that the peer was dialled for; null: the peer came by itself.</param>
    public PeerConnection(
        SeedingEngine engine,
        SeedingLoop loop,
        PeerLink link,
        IPEndPoint remote,
        Household household,
        SeedSwarm? dialled = null,
        DialTarget? target = null
    )
    {
        _engine = engine;
        _link = link;
        _swarm = dialled;
        _target = target;
        _byOtherName = target?.ByOtherName ?? false;
        Loop = loop;
        Remote = remote;
        Household = household;
        Dialled = dialled is not null;
        _sender = new PeerSender(engine, link, this);
        _times = new PeerTimes(engine.Limits, engine.Clock);
        _budget = new MessageBudget(engine.Limits.MessagesPerSecond, engine.Clock);
        link.Begin(this);
    }

    public SeedingLoop Loop { get; }

    public IPEndPoint Remote { get; }

    public Household Household { get; }

    public SlotPlace Slot { get; } = new();

    public bool Dialled { get; }

    public PeerLink Link => _link;

    /// <summary>Where it stands in its loop's list.</summary>
    public int Index { get; set; }

    /// <summary>It stands in its loop's line for a turn.</summary>
    public bool IsInLine { get; set; }

    /// <summary>Something may be there to be read.</summary>
    public bool CanRead { get; set; }

    /// <summary>Something may be sent. Until a dialled peer has answered, nothing may.</summary>
    public bool CanWrite
    {
        get => field && _link.IsOpen;
        set;
    } = true;

    public bool WaitsToRead => !CanRead;

    public bool WaitsToWrite => !CanWrite;

    /// <summary>All zero until the peer's handshake was read.</summary>
    public PeerId PeerId { get; private set; }

    /// <summary>Any thread.</summary>
    public bool IsGreeted => Volatile.Read(ref _greeted);

    /// <summary>Any thread.</summary>
    public bool IsClosed => Volatile.Read(ref _reason) != 0;

    /// <summary>Nobody would miss it at once: it asks for nothing.</summary>
    public bool IsInterested => _messages?.Interested ?? false;

    /// <summary>Any thread.</summary>
    public TimeSpan SinceReceived => _times.SinceReceived;

    /// <summary>Null while it is not known where the peer listens. Any thread.</summary>
    public IPEndPoint? ListenEndpoint
    {
        get
        {
            int port = Dialled ? Remote.Port : _messages?.ListenPort ?? 0;
            return port == 0 ? null : new IPEndPoint(Remote.Address, port);
        }
    }

    private bool MayRead =>
        !_sender.IsQueueFull && _sender.Outbox.PendingBytes <= MaxPendingControlBytes && _budget.IsLeft;

    /// <summary>The dialled peer has answered.</summary>
    public void Connected()
    {
        InfoHash name = _swarm!.Torrent.InfoHash;
        _sender.Greet(_swarm, _byOtherName ? _swarm.OtherName ?? name : name);
        Flush();
    }

    public void Happened(bool canRead, bool canWrite, bool hasEnded)
    {
        if (IsClosed)
            return;
        try
        {
            CanWrite |= canWrite;
            CanRead |= canRead;
            _hasEnded |= hasEnded;
            ReadSome();
            Flush();
            if (!IsInLine)
                _messages?.FetchAhead();
        }
        catch (Exception fault)
        {
            Loop.Failed(this, fault);
        }
    }

    /// <summary>Its turn among those that have something to send.</summary>
    public void Turn()
    {
        if (IsClosed)
            return;
        if (CanRead)
            ReadSome();
        if (!IsClosed && !_sender.TrySendControl())
            Close(CloseReason.ByPeer);
        if (!IsClosed && _messages is not null && !_isThrottled)
        {
            long before = _sender.BlocksSent;
            if (!_sender.TrySendBlocks())
                Close(CloseReason.ByPeer);
            _budget.Earn(_sender.BlocksSent - before);
        }
        _messages?.FetchAhead();
        QueueUp();
    }

    /// <summary>Where it stands now among those whom a limit holds up.</summary>
    public TurnOrder Order =>
        new(
            !ComesFirst && !_engine.Strangers.IsFree,
            Household.Neighbourhood.Standing,
            Household.LastBlockAt,
            _sender.LastBlockAt
        );

    /// <summary>A viewer that takes what it has not. Any thread.</summary>
    public bool ComesFirst => Household.IsViewer && _sender.Takings is not { AreGreedy: true };

    /// <summary>Any thread.</summary>
    public long PayloadBytes => _sender.PayloadBytes;

    /// <summary>It may not send before a timestamp.</summary>
    public void Throttle(long until)
    {
        _isThrottled = true;
        Loop.Throttle(this, until);
    }

    /// <summary>The limits may let it send again.</summary>
    public void Unthrottle()
    {
        _isThrottled = false;
        QueueUp();
    }

    /// <summary>The node's limit lets nothing go now.</summary>
    public bool IsNodeBusy => _engine.NodeRate.FreeAt is > 0 and var freeAt && freeAt > _engine.Clock.GetTimestamp();

    /// <summary>Any thread; <see cref="PostClose"/> too.</summary>
    public void PieceArrived() => Loop.Post(QueueUp);

    public void PostClose(CloseReason reason) => Loop.Run(() => Close(reason));

    /// <summary>Any thread; <see cref="Choke"/> too.</summary>
    public void Unchoke() => Loop.Run(() => Say(static messages => messages.Unchoke()));

    public void Choke() => Loop.Run(() => Say(static messages => messages.Choke()));

    /// <summary>Tells the peer that a request is not answered.</summary>
    public void Refuse(BlockRequest request) => _messages!.Refuse(request);

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void Close(CloseReason reason)
    {
        if (reason == CloseReason.ByPeer && _messages?.CompletedAt > 0)
            reason = CloseReason.PeerComplete;
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0)
            return;
        Loop.Forget(this);
        _link.Dispose();
        _sender.Close();
        _kept.Clear();
        _engine.Left(Household);
        if (_messages is { } messages)
        {
            messages.Leave();
            _swarm!.Leave(this, PeerId);
            _engine.Raise(PeerChange.Closed, this, _swarm, reason);
        }
        if (_target is not null)
            _swarm!.Dials.Ended(
                _target,
                reason,
                PeerId == default ? null : PeerId,
                _times.SinceOpened,
                () => _swarm.PeerAt(Remote.Address)
            );
    }

    /// <summary>Looks at what time has done; called every tick.</summary>
    public void CheckTimes()
    {
        bool isOffering = _sender.HasControl || (_sender.HasBlocks && !_isThrottled);
        CloseReason reason = _times.Check(IsGreeted, isOffering, _sender.AcceptedBytes, _messages?.CompletedAt ?? 0);
        if (reason != CloseReason.None)
        {
            Close(reason);
            return;
        }
        if (IsGreeted && _times.IsSilent(_sender.LastAcceptedAt) && _sender.Outbox.PendingBytes == 0)
            _sender.Outbox.Advance(WireWriter.WriteKeepAlive(_sender.Outbox.GetSpan(WireWriter.KeepAliveBytes)));
        _messages?.Tick();
        _budget.Refill();
        _sender.Trim();
        // A send may have ended early for another reason than a full socket, of which nothing tells: it is tried again.
        CanWrite |= isOffering;
        QueueUp();
    }

    /// <summary>Null until it is greeted.</summary>
    public ShownPieces? Have => _messages?.Have;

    /// <summary>Any thread.</summary>
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

    private void Say(Action<PeerMessages> what)
    {
        if (IsClosed || _messages is null)
            return;
        what(_messages);
        QueueUp();
    }

    /// <summary>Sends what need not wait for a turn, and gets one for the rest.</summary>
    private void Flush()
    {
        if (IsClosed)
            return;
        if (_sender.TrySendControl())
            QueueUp();
        else
            Close(CloseReason.ByPeer);
    }

    private void QueueUp()
    {
        if (IsClosed || IsInLine)
            return;
        bool canSend = CanWrite && (_sender.HasControl || (!_isThrottled && _sender.HasBlocks));
        if (canSend || (CanRead && MayRead))
            Loop.QueueUp(this);
    }

    private void ReadSome()
    {
        if (!CanRead || !MayRead)
            return;
        Span<byte> data = _kept.IsLong ? [] : Loop.Input(_kept.Length + ReceiveBytes);
        if (!_kept.IsLong)
            _kept.Bytes.CopyTo(data);
        Span<byte> room = _kept.IsLong ? _kept.Rest : data[_kept.Length..];
        int count = _link.Receive(room, out SocketError fault);
        if (fault == SocketError.WouldBlock)
        {
            CanRead = false;
            return;
        }
        if (fault != SocketError.Success || count == 0)
        {
            Close(CloseReason.ByPeer);
            return;
        }
        // Less than there was room for: there is no more. What comes next is told.
        CanRead = count == room.Length || _hasEnded;
        _times.Received();
        CloseReason reason = _kept.IsLong ? ReadLong(count) : Read(data[..(_kept.Length + count)]);
        if (reason != CloseReason.None)
            Close(reason);
    }

    private CloseReason ReadLong(int count)
    {
        if (!_kept.Grow(count))
            return CloseReason.None;
        ReadOnlySpan<byte> frame = _kept.Bytes;
        CloseReason reason = _messages!.Read(frame, out _, out _, out int frames);
        _budget.Spend(frames);
        _kept.Clear();
        return reason;
    }

    private CloseReason Read(ReadOnlySpan<byte> data)
    {
        if (_messages is null)
        {
            FrameStatus status = Greet(data, out CloseReason refused);
            if (status == FrameStatus.Incomplete)
                _kept.Keep(data, Handshake.LengthBytes);
            if (status != FrameStatus.Complete)
                return status == FrameStatus.Incomplete ? CloseReason.None : refused;
            data = data[Handshake.LengthBytes..];
        }
        CloseReason reason = _messages!.Read(data, out int consumed, out int wanted, out int frames);
        _budget.Spend(frames);
        if (reason == CloseReason.None && !IsClosed)
            _kept.Keep(data[consumed..], wanted);
        return reason;
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
            _sender.ShowOurselves(handshake.InfoHash);
        if (refused != CloseReason.None)
            return FrameStatus.Invalid;

        _swarm = swarm!;
        _sender.CountFor(_swarm);
        // In the peer's own words: a hybrid is greeted by either info-hash.
        if (!Dialled)
        {
            _sender.Greet(_swarm, handshake.InfoHash);
            _swarm.Dials.Learn(Remote.Address, handshake.InfoHash == _swarm.OtherName, _link.WasEncrypted);
        }
        _swarm.WriteGreeting(_sender.Outbox, handshake.Reserved);
        _messages = new PeerMessages(_engine, this, _swarm, _sender, handshake);
        Volatile.Write(ref _greeted, true);
        Loop.Greeted();
        _engine.Raise(PeerChange.Connected, this, _swarm, CloseReason.None);
        return FrameStatus.Complete;
    }
}
