using System.Buffers;
using System.Collections.Concurrent;
using Distribution.Contracts.PlainHttp;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>
/// One thread that accepts connections and answers what is plain on them by itself, from the first byte to the last: no other thread is
/// woken, and nothing is allocated for a connection. At the first thing that is not plain the connection goes to the web server, with what
/// has come of it.
/// </summary>
/// <remarks>
/// Nothing waits on this thread but the thread itself, for events. A file that is not in the kernel's memory is read on the thread pool. Turns
/// are bounded, so that a connection which could go on for ever lets others go on too.
/// </remarks>
internal sealed class PlainLoop
{
    private const int OutputBytes = 16 << 10;
    private const int MaxAccepts = 64;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(130);
    private static readonly long IdleTicks = (long)(IdleTimeout / Tick);
    private static readonly long StallTicks = (long)(StallGuard.Period / Tick);

    private readonly PlainPolls _polls;
    private readonly PlainTurns _turns;
    private readonly ILogger _logger;
    private readonly List<PlainConnection> _connections = [];
    private readonly Stack<PlainConnection> _free = [];
    private readonly Queue<PlainConnection> _ready = [];
    private readonly ConcurrentQueue<(PlainConnection Connection, int Generation)> _back = new();
    private readonly ConcurrentQueue<Action> _asked = new();
    private readonly List<PlainListener> _listeners = [];
    private readonly ITimer _timer;
    private readonly Lock _wakeGate = new();
    private long _ticks;
    private bool _isTicking;
    private bool _isExhausted;
    private bool _isOver;
    private int _open;

    private PlainLoop(PlainPolls polls, IPlainHandler[] handlers, TimeProvider clock, ILogger logger)
    {
        _polls = polls;
        _turns = new PlainTurns(this, handlers, logger);
        _logger = logger;
        Clock = clock;
        _timer = clock.CreateTimer(
            static loop => ((PlainLoop)loop!).Ticked(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        new Thread(Run) { IsBackground = true, Name = "plain connections" }.Start();
    }

    public TimeProvider Clock { get; }

    /// <summary>In seconds, roughly; it stands still while there is no connection.</summary>
    public long Now { get; private set; }

    /// <summary>What handlers write.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(OutputBytes);

    /// <summary>Null: not on this system.</summary>
    public static PlainLoop? TryStart(IPlainHandler[] handlers, TimeProvider clock, ILogger logger) =>
        PlainPolls.TryOpen() is { } polls ? new PlainLoop(polls, handlers, clock, logger) : null;

    /// <summary>Accepts a socket's connections from now on.</summary>
    public void Listen(PlainListener listener) => Ask(() => Add(listener));

    /// <summary>Ends a listener's connections at once.</summary>
    public void CutOff(PlainListener listener) => Ask(() => CutOffAll(listener));

    /// <summary>Lets the loop look at what has changed. Any thread.</summary>
    public void Wake()
    {
        lock (_wakeGate)
            if (!_isOver)
                _polls.Wake();
    }

    /// <summary>A connection is back from elsewhere. Any thread.</summary>
    public void Post(PlainConnection connection, int generation)
    {
        _back.Enqueue((connection, generation));
        Wake();
    }

    /// <summary>Gives a connection another turn when others had theirs. The loop's thread, as what follows.</summary>
    public void Queue(PlainConnection connection)
    {
        connection.IsQueued = true;
        _ready.Enqueue(connection);
    }

    /// <summary>It is the web server's from here on.</summary>
    public void HandOver(PlainConnection connection, ReadOnlySpan<byte> input)
    {
        int descriptor = connection.Descriptor;
        PlainListener listener = connection.Listener;
        _polls.Remove(descriptor);
        Forget(connection);
        listener.HandOver(descriptor, input);
        listener.Removed();
    }

    /// <summary>Ends it, or lets it end when it is back.</summary>
    public void Close(PlainConnection connection, bool reset = false)
    {
        if (connection.State == PlainState.Closed)
            return;
        if (connection.State == PlainState.Away)
        {
            connection.IsUnwanted = true;
            return;
        }
        if (reset)
            PlainCalls.Reset(connection.Descriptor);
        else
            PlainCalls.Close(connection.Descriptor);
        PlainListener listener = connection.Listener;
        Forget(connection);
        listener.Removed();
    }

    /// <summary>Ends the thread; every connection is closed before.</summary>
    public void End()
    {
        _timer.Dispose();
        Ask(() => _isOver = true);
    }

    private void Ask(Action asked)
    {
        _asked.Enqueue(asked);
        Wake();
    }

    private void Ticked()
    {
        Interlocked.Increment(ref _ticks);
        Wake();
    }

    private void Run()
    {
        while (!_isOver)
        {
            int count = _polls.Wait(_ready.Count > 0 ? 0 : -1);
            for (int i = 0; i < count; i++)
            {
                long id = _polls.At(i, out PollEvents happened, out bool hasEnded);
                if (id >= 0)
                    Happened(id, happened, hasEnded);
                else if (id == PlainPolls.Woken)
                    WakeUp();
                else
                    Accept((int)(PlainPolls.Woken - 1 - id));
            }
            // Each that stands in line now, once.
            for (int left = _ready.Count; left > 0; left--)
            {
                PlainConnection connection = _ready.Dequeue();
                if (!connection.IsQueued)
                    continue;
                connection.IsQueued = false;
                _turns.Drive(connection);
            }
        }
        lock (_wakeGate)
            _polls.Dispose();
    }

    private void WakeUp()
    {
        _polls.TakeWake();
        while (_asked.TryDequeue(out Action? asked))
            asked();
        while (_back.TryDequeue(out (PlainConnection Connection, int Generation) back))
            if (back.Connection.Generation == back.Generation)
                _turns.Return(back.Connection);
        long ticks = Interlocked.Read(ref _ticks);
        if (ticks != Now)
        {
            Now = ticks;
            Sweep();
        }
        for (int i = 0; i < _listeners.Count; i++)
            if (_listeners[i].IsEnding)
                EndIdle(_listeners[i]);
    }

    private void Add(PlainListener listener)
    {
        _listeners.Add(listener);
        if (!TryWatch(_listeners.Count - 1) && !listener.IsEnding)
            _logger.LogError("The system does not watch a listening socket");
    }

    /// <summary>False: the system takes no more, or knows it already.</summary>
    private bool TryWatch(int index)
    {
        try
        {
            return _polls.TryAddListener(_listeners[index].Socket, PlainPolls.Woken - 1 - index);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Accept(int index)
    {
        PlainListener listener = _listeners[index];
        Span<byte> address = stackalloc byte[PlainCalls.AddressBytes];
        for (int i = 0; i < MaxAccepts; i++)
        {
            int descriptor;
            try
            {
                descriptor = PlainCalls.Accept(listener.Socket, address);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            if (descriptor >= 0)
                Open(descriptor, listener, address);
            else if (descriptor == PlainCalls.TryAgain)
                return;
            else if (IsExhausted(descriptor))
            {
                // No descriptors are left: it is told again and again. The next tick listens anew.
                _polls.RemoveListener(listener.Socket);
                _isExhausted = true;
                StartTicking();
                return;
            }
        }
    }

    private static bool IsExhausted(int error) =>
        error
            is PlainCalls.TooManyOfProcess
                or PlainCalls.TooManyOfSystem
                or PlainCalls.NoBuffers
                or PlainCalls.NoMemory;

    private void Open(int descriptor, PlainListener listener, ReadOnlySpan<byte> address)
    {
        if (!_free.TryPop(out PlainConnection? connection))
        {
            connection = new PlainConnection(this, _connections.Count);
            _connections.Add(connection);
        }
        connection.Open(descriptor, listener, address, Now);
        listener.Added();
        _open++;
        StartTicking();
        // Mostly its request has come with it, and one for which it was made alone is answered and closed without ever being watched.
        long id = connection.Id;
        connection.CanRead = true;
        _turns.Drive(connection);
        // What happened meanwhile is told now.
        if (connection.Id != id || _polls.TryAdd(descriptor, id))
            return;
        _logger.LogError("The system does not watch a connection's socket");
        Close(connection, reset: true);
    }

    private void StartTicking()
    {
        if (_isTicking)
            return;
        _isTicking = true;
        _timer.Change(Tick, Tick);
    }

    private void Happened(long id, PollEvents happened, bool hasEnded)
    {
        PlainConnection connection = _connections[(int)(uint)id];
        if (connection.Id != id)
            return;
        connection.PeerEnded |= hasEnded;
        connection.CanRead |= (happened & PollEvents.Input) != 0;
        connection.CanWrite |= (happened & PollEvents.Output) != 0;
        if (!connection.IsQueued)
            _turns.Drive(connection);
    }

    private void Forget(PlainConnection connection)
    {
        connection.Clear();
        _free.Push(connection);
        _open--;
    }

    private void EndIdle(PlainListener listener)
    {
        foreach (PlainConnection connection in _connections)
            if (connection.State == PlainState.Reading && connection.Listener == listener && !connection.IsQueued)
                _turns.Drive(connection);
    }

    private void CutOffAll(PlainListener listener)
    {
        foreach (PlainConnection connection in _connections)
            if (connection.State != PlainState.Closed && connection.Listener == listener)
                Close(connection, reset: true);
    }

    private void Sweep()
    {
        foreach (PlainConnection connection in _connections)
        {
            bool isIdle = connection.State == PlainState.Reading && Now - connection.IdleSince > IdleTicks;
            if (isIdle || IsStalled(connection))
                Close(connection, reset: !isIdle);
        }
        if (_isExhausted)
        {
            _isExhausted = false;
            for (int i = 0; i < _listeners.Count; i++)
                TryWatch(i);
        }
        if (_open > 0)
            return;
        _isTicking = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool IsStalled(PlainConnection connection)
    {
        if (
            connection.State != PlainState.Sending
            || connection.StallSince < 0
            || Now - connection.StallSince < StallTicks
        )
            return false;
        if (connection.AcceptedBytes - connection.StallAccepted < StallGuard.LeastBytes)
            return true;
        (connection.StallSince, connection.StallAccepted) = (Now, connection.AcceptedBytes);
        return false;
    }
}
