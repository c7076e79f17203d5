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
    // Of one turn.
    private const int TurnBytes = 1 << 20;
    private const int RequestCostBytes = 8 << 10;

    // Answers to requests that came together leave together.
    private const int GatheredBytes = 32 << 10;
    private const int InputBytes = 16 << 10;
    private const int MaxAccepts = 64;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(130);
    private static readonly long IdleTicks = (long)(IdleTimeout / Tick);
    private static readonly long StallTicks = (long)(StallGuard.Period / Tick);

    private readonly PlainPolls _polls;
    private readonly IPlainHandler[] _handlers;
    private readonly ILogger _logger;
    private readonly byte[] _input = new byte[InputBytes];
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
    private int _turnLeft;
    private int _open;

    private PlainLoop(PlainPolls polls, IPlainHandler[] handlers, TimeProvider clock, ILogger logger)
    {
        _polls = polls;
        _handlers = handlers;
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
    public ArrayBufferWriter<byte> Output { get; } = new(InputBytes);

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
                Drive(connection);
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
                Return(back.Connection);
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
        if (_polls.TryAdd(descriptor, connection.Id))
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
            Drive(connection);
    }

    /// <summary>One turn: goes on with a connection as far as it goes.</summary>
    private void Drive(PlainConnection connection)
    {
        _turnLeft = TurnBytes;
        try
        {
            while (_turnLeft > 0)
                if (!GoOn(connection))
                    return;
            connection.IsQueued = true;
            _ready.Enqueue(connection);
        }
        catch (Exception fault)
        {
            // One connection's, not the others'.
            _logger.LogError(fault, "A plain request failed");
            Close(connection, reset: true);
        }
    }

    /// <summary>False: there is nothing more to do for now.</summary>
    private bool GoOn(PlainConnection connection) =>
        connection.State switch
        {
            PlainState.Reading => Read(connection),
            PlainState.Sending => Send(connection),
            _ => false,
        };

    private bool Read(PlainConnection connection)
    {
        if (!connection.Kept.IsEmpty)
        {
            int kept = connection.TakeKept(_input);
            return Answer(connection, _input.AsSpan(0, kept));
        }
        if (connection.Listener.IsEnding)
        {
            Close(connection);
            return false;
        }
        if (!connection.CanRead)
            return false;
        int received = PlainCalls.Receive(connection.Descriptor, _input);
        if (received == PlainCalls.TryAgain)
        {
            connection.CanRead = false;
            return false;
        }
        if (received == PlainCalls.Interrupted)
            return true;
        if (received <= 0)
        {
            Close(connection);
            return false;
        }
        // Fewer than there was room for: there were no more. What comes next is told.
        connection.CanRead = received == _input.Length || connection.PeerEnded;
        return Answer(connection, _input.AsSpan(0, received));
    }

    /// <param name="input">Within the loop's.</param>
    private bool Answer(PlainConnection connection, ReadOnlySpan<byte> input)
    {
        Output.ResetWrittenCount();
        PlainAnswer answer = PlainAnswer.Given;
        while (!input.IsEmpty && answer == PlainAnswer.Given)
        {
            answer = Offer(connection, input, out int lengthBytes);
            if (answer != PlainAnswer.Given)
                break;
            connection.HasWaited = false;
            _turnLeft -= RequestCostBytes;
            input = input[lengthBytes..];
            if (!connection.KeepsAlive || connection.HasFile || Output.WrittenCount > GatheredBytes)
                break;
        }
        if (Output.WrittenCount > 0)
        {
            // Answers to what came before leave first.
            if (!input.IsEmpty)
                connection.Keep(input);
            if (answer == PlainAnswer.Later)
                connection.HasWaited = false;
            connection.State = PlainState.Sending;
            if (connection.Send(Output.WrittenSpan))
                return true;
            Close(connection);
            return false;
        }
        if (answer == PlainAnswer.Later)
        {
            connection.Keep(input);
            connection.HasWaited = true;
            connection.State = PlainState.Waiting;
            int generation = connection.Generation;
            connection.Awaited!.ContinueWith(
                _ => Post(connection, generation),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            return false;
        }
        HandOver(connection, input);
        return false;
    }

    private PlainAnswer Offer(PlainConnection connection, ReadOnlySpan<byte> input, out int lengthBytes)
    {
        lengthBytes = 0;
        if (!PlainHead.TryRead(input, out PlainHead head))
            return PlainAnswer.Other;
        lengthBytes = head.LengthBytes;
        connection.KeepsAlive = head.KeepsAlive && !connection.Listener.IsEnding;
        foreach (IPlainHandler handler in _handlers)
        {
            PlainAnswer answer = handler.TryAnswer(head, connection);
            // Who does not know after having waited does not get to know.
            if (answer == PlainAnswer.Given || answer == PlainAnswer.Later && !connection.HasWaited)
                return answer;
        }
        return PlainAnswer.Other;
    }

    private bool Send(PlainConnection connection)
    {
        if (!connection.IsFlushed)
        {
            if (!connection.CanWrite)
                return false;
            if (!connection.SendUnsent())
            {
                Close(connection);
                return false;
            }
            if (!connection.IsFlushed)
                return false;
        }
        if (!connection.HasFile || connection.TryEndFile())
            return EndAnswer(connection);
        if (!connection.CanWrite)
            return false;
        if (connection.IsFileAtHand())
            return Sent(connection, connection.SendOfFile());
        connection.GoAway();
        return false;
    }

    /// <summary>Goes on after a call for the file.</summary>
    private bool Sent(PlainConnection connection, int sent)
    {
        if (sent > 0)
        {
            _turnLeft -= sent;
            return true;
        }
        if (sent == PlainCalls.TryAgain)
        {
            connection.CanWrite = false;
            return connection.CanGoOn(sent);
        }
        if (sent < 0 && connection.CanGoOn(sent))
            return true;
        if (sent is 0 or PlainCalls.DeviceFailed)
            _logger.LogError("A stored file cannot be read, or is shorter than its record; its viewer is cut off");
        Close(connection, reset: sent is 0 or PlainCalls.DeviceFailed);
        return false;
    }

    private bool EndAnswer(PlainConnection connection)
    {
        connection.StallSince = -1;
        connection.IdleSince = Now;
        connection.State = PlainState.Reading;
        if (connection.KeepsAlive)
            return true;
        Close(connection);
        return false;
    }

    private void Return(PlainConnection connection)
    {
        if (connection.State == PlainState.Waiting)
        {
            connection.State = PlainState.Reading;
            Drive(connection);
            return;
        }
        if (connection.State != PlainState.Away)
            return;
        int sent = connection.TakeAwayResult();
        if (connection.IsUnwanted)
        {
            Close(connection, reset: true);
            return;
        }
        _turnLeft = TurnBytes;
        if (sent == PlainCalls.TryAgain)
        {
            // Room that came meanwhile has been told already.
            connection.CanGoOn(sent);
            Drive(connection);
            return;
        }
        connection.CanWrite = true;
        if (Sent(connection, sent))
            Drive(connection);
    }

    private void HandOver(PlainConnection connection, ReadOnlySpan<byte> input)
    {
        int descriptor = connection.Descriptor;
        PlainListener listener = connection.Listener;
        _polls.Remove(descriptor);
        Forget(connection);
        listener.HandOver(descriptor, input);
        listener.Removed();
    }

    private void Close(PlainConnection connection, bool reset = false)
    {
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
                Drive(connection);
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
