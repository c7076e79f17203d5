using System.Collections.Concurrent;
using System.Net.Sockets;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding.Admission;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>
/// One thread that serves many peers: it waits for their sockets, reads what they say at once, and lets those that want blocks take turns.
/// In a round each household has one turn, and a turn is one send.
/// </summary>
/// <remarks>Nothing else may wait on this thread. What comes from other threads is posted.</remarks>
internal sealed class SeedingLoop(
    ISocketPoller poller,
    TimeProvider clock,
    ILogger logger,
    SendUnderWay? underWay = null
)
{
    /// <summary>Between two looks at the sockets, so that what is said is heard soon.</summary>
    private const int TurnsBetweenPolls = 16;

    /// <summary>How often those who wait for a limit are looked at.</summary>
    private const int ThrottleMilliseconds = 5;

    /// <summary>
    /// With so many peers the loop looks at its sockets once in <see cref="RestMilliseconds"/> at the most, while none of them fills it: else it
    /// would be woken for each request of each. To a peer over a network a millisecond is nothing.
    /// </summary>
    private const int ManyPeers = 64;
    private const int RestMilliseconds = 1;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Lock _postGate = new();
    private readonly List<PeerConnection> _connections = [];
    private readonly HashSet<DialAttempt> _attempts = [];
    private readonly List<(PeerConnection Peer, long Until)> _throttled = [];
    private readonly List<(TurnOrder Order, PeerConnection Peer)> _released = [];
    private readonly Queue<Household> _line = new();
    private readonly Queue<PeerConnection> _ungreeted = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _input = GC.AllocateUninitializedArray<byte>(2 * PeerConnection.ReceiveBytes, pinned: true);
    private int _ungreetedCount;
    private int _threadId;
    private bool _isOver;
    private long _lookedAt;

    public BatchScratch Scratch { get; } = new() { UnderWay = underWay };

    /// <summary>Those of this loop. Its thread alone.</summary>
    public IReadOnlyList<PeerConnection> Connections => _connections;

    public bool IsCurrent => Environment.CurrentManagedThreadId == Volatile.Read(ref _threadId);

    /// <summary>Room for what is received, one connection's at a time.</summary>
    public Span<byte> Input(int bytes)
    {
        if (_input.Length < bytes)
            _input = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        return _input.AsSpan(0, bytes);
    }

    public void Start() => new Thread(RunAll) { IsBackground = true, Name = "seeding" }.Start();

    /// <summary>Has something done soon. Any thread.</summary>
    /// <returns>False: it never will be, the loop is over.</returns>
    public bool Post(Action what)
    {
        lock (_postGate)
        {
            if (_isOver)
                return false;
            _posted.Enqueue(what);
            // Its own thread looks before it sleeps.
            if (!IsCurrent)
                poller.Wake();
            return true;
        }
    }

    /// <summary>Does it at once on the loop's own thread, soon from others.</summary>
    public void Run(Action what)
    {
        if (IsCurrent)
            what();
        else
            Post(what);
    }

    /// <summary>Ends every connection and the thread.</summary>
    public Task StopAsync()
    {
        Post(() =>
        {
            while (_connections.Count > 0)
                _connections[^1].Close(CloseReason.Stopped);
            foreach (DialAttempt attempt in _attempts.ToList())
                attempt.End(SocketError.OperationAborted);
            lock (_postGate)
                _isOver = true;
        });
        return _ended.Task;
    }

    /// <summary>Takes a connection in. False: the system watches no more sockets, or the loop is over.</summary>
    /// <param name="mostUngreeted">The oldest that has not said who it is makes room.</param>
    public bool TryAdd(PeerConnection connection, int mostUngreeted)
    {
        if (_isOver || (connection.Link.Watched is { } socket && !poller.TryAdd(socket, connection)))
            return false;
        connection.Index = _connections.Count;
        _connections.Add(connection);
        _ungreeted.Enqueue(connection);
        if (++_ungreetedCount > mostUngreeted)
            DropOldestUngreeted();
        return true;
    }

    /// <summary>Waits for a call to be answered. False: the system watches no more sockets.</summary>
    public bool TryWatch(DialAttempt attempt) =>
        !_isOver && poller.TryAdd(attempt.Socket, attempt) && _attempts.Add(attempt);

    /// <summary>False: the system watches no more sockets.</summary>
    public bool TryWatch(Socket socket, IWatched watched) => !_isOver && poller.TryAdd(socket, watched);

    public void Unwatch(DialAttempt attempt)
    {
        _attempts.Remove(attempt);
        poller.Remove(attempt.Socket);
    }

    /// <summary>One connection less that has not said who it is.</summary>
    public void Greeted() => _ungreetedCount--;

    /// <summary>It is over.</summary>
    public void Forget(PeerConnection connection)
    {
        if (connection.Link.Watched is { } socket)
            poller.Remove(socket);
        PeerConnection last = _connections[^1];
        _connections[connection.Index] = last;
        last.Index = connection.Index;
        _connections.RemoveAt(_connections.Count - 1);
        if (!connection.IsGreeted)
            _ungreetedCount--;
    }

    /// <summary>Gives a connection a turn when others had theirs.</summary>
    public void QueueUp(PeerConnection connection)
    {
        connection.IsInLine = true;
        Household household = connection.Household;
        household.Ready.Enqueue(connection);
        if (household.IsInLine)
            return;
        household.IsInLine = true;
        _line.Enqueue(household);
    }

    /// <summary>It gets a turn at that timestamp, or when limits change.</summary>
    public void Throttle(PeerConnection connection, long until) => _throttled.Add((connection, until));

    /// <summary>The limits have changed: those who wait ask again.</summary>
    public void ReleaseThrottled() => ReleaseThrottled(long.MaxValue);

    /// <summary>A fault of ours with one peer; the others go on.</summary>
    public void Failed(PeerConnection connection, Exception fault)
    {
        logger.LogError(fault, "A peer connection failed.");
        connection.Close(CloseReason.ProtocolError);
    }

    /// <summary>Looks at what time has done to all.</summary>
    public void Tick()
    {
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            // One that ends may take others with it.
            if (i < _connections.Count)
                _connections[i].CheckTimes();
        }
        foreach (DialAttempt attempt in _attempts.ToList())
            attempt.CheckTimes();
        while (_ungreeted.TryPeek(out PeerConnection? oldest) && (oldest.IsGreeted || oldest.IsClosed))
            _ungreeted.Dequeue();
    }

    /// <summary>One round: what happened at the sockets, what was posted, some turns.</summary>
    /// <param name="maySleep">Wait until something happens.</param>
    public void RunOnce(bool maySleep)
    {
        Volatile.Write(ref _threadId, Environment.CurrentManagedThreadId);
        int milliseconds = -1;
        if (!maySleep || _line.Count > 0 || !_posted.IsEmpty)
            milliseconds = 0;
        else if (_throttled.Count > 0)
            milliseconds = ThrottleMilliseconds;
        if (milliseconds != 0 && _connections.Count >= ManyPeers)
            RestAWhile();
        poller.Wait(milliseconds);
        _lookedAt = clock.GetTimestamp();
        // What is posted meanwhile comes after the sockets.
        for (int count = _posted.Count; count > 0 && _posted.TryDequeue(out Action? posted); count--)
            Do(posted);
        if (_throttled.Count > 0)
            ReleaseThrottled(clock.GetTimestamp());
        for (int turns = TurnsBetweenPolls; turns > 0 && _line.TryDequeue(out Household? household); turns--)
            GiveTurn(household);
    }

    private void RunAll()
    {
        while (!_isOver)
            RunOnce(maySleep: true);
        while (_posted.TryDequeue(out Action? posted))
            Do(posted);
        poller.Dispose();
        Scratch.Dispose();
        _ended.SetResult();
    }

    private void RestAWhile()
    {
        if (clock.GetElapsedTime(_lookedAt).TotalMilliseconds < RestMilliseconds)
            poller.Rest(RestMilliseconds);
    }

    private void Do(Action posted)
    {
        try
        {
            posted();
        }
        catch (Exception fault)
        {
            // Ours to mend; what else was posted must be done all the same.
            logger.LogError(fault, "A seeding loop failed at something.");
        }
    }

    private void GiveTurn(Household household)
    {
        PeerConnection connection = household.Ready.Dequeue();
        connection.IsInLine = false;
        GiveTurn(connection);
        if (household.Ready.Count > 0)
            _line.Enqueue(household);
        else
            household.IsInLine = false;
    }

    private void GiveTurn(PeerConnection connection)
    {
        try
        {
            connection.Turn();
        }
        catch (Exception fault)
        {
            Failed(connection, fault);
        }
    }

    /// <summary>
    /// Gives turns to those who waited for a limit, in their order and at once: one that stands in line may find that what was its was taken by who
    /// came meanwhile.
    /// </summary>
    private void ReleaseThrottled(long until)
    {
        int waiting = 0;
        for (int i = 0; i < _throttled.Count; i++)
        {
            (PeerConnection Peer, long Until) one = _throttled[i];
            if (one.Peer.IsClosed)
                continue;
            if (one.Until <= until)
                _released.Add((one.Peer.Order, one.Peer));
            else
                _throttled[waiting++] = one;
        }
        _throttled.RemoveRange(waiting, _throttled.Count - waiting);
        // What is free may not be enough for all.
        _released.Sort(static (one, other) => one.Order.CompareTo(other.Order));
        foreach ((_, PeerConnection peer) in _released)
        {
            // One may end others.
            if (peer.IsClosed)
                continue;
            if (peer.IsNodeBusy)
            {
                Throttle(peer, 0);
                continue;
            }
            peer.Unthrottle();
            GiveTurn(peer);
        }
        _released.Clear();
    }

    private void DropOldestUngreeted()
    {
        while (_ungreeted.TryDequeue(out PeerConnection? oldest))
        {
            if (oldest.IsGreeted || oldest.IsClosed)
                continue;
            oldest.Close(CloseReason.HandshakeTimeout);
            return;
        }
    }
}
