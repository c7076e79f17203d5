using System.Net.Sockets;
using Distribution.Contracts.Metering;

namespace Distribution.Ingest.Transport;

/// <summary>
/// What waits for a connection's socket, and its sending. Whoever puts something in sends it at once, as far as the socket takes it;
/// when it takes no more, the rest goes out from the thread pool as there is room.
/// </summary>
/// <remarks>
/// At most one thread sends at a time: the one that has set <see cref="_isSending"/>, or, while it waits for the socket, nobody. A
/// turn is bounded, so that connections which could send for ever take turns.
/// </remarks>
internal sealed class SendQueue : IThreadPoolWorkItem, IDisposable
{
    // Of one turn on a thread, before others get theirs.
    private const int TurnBytes = 1 << 20;

    private readonly Socket _socket;
    private readonly SocketEvents? _events;
    private readonly Action _ready;
    private readonly UnsentLimit _unsent;
    private readonly AcceptedBytes _accepted;
    private readonly ISendQueueOwner _owner;
    private readonly StallGuard _stalls;
    private readonly SocketSender _waiting;
    private readonly Lock _gate = new();
    private OutputSegment? _first;
    private OutputSegment? _last;
    private long _memoryBytes;
    private long _fileBytes;
    private bool _isSending;
    private bool _isComplete;
    private bool _isAborted;
    private volatile bool _isOver;

    public SendQueue(
        Socket socket,
        SocketEvents? events,
        UnsentLimit unsent,
        AcceptedBytes accepted,
        TimeProvider clock,
        ISendQueueOwner owner
    )
    {
        _socket = socket;
        _events = events;
        _ready = () => Run();
        _unsent = unsent;
        _accepted = accepted;
        _owner = owner;
        _stalls = new StallGuard(accepted, clock, () => MemoryBytes + FileBytes > 0, owner.Stalled);
        _waiting = new SocketSender(sent => Run(sent));
    }

    /// <summary>In memory, not taken by the socket yet.</summary>
    public long MemoryBytes => Volatile.Read(ref _memoryBytes);

    /// <summary>In files, not taken by the socket yet.</summary>
    public long FileBytes => Volatile.Read(ref _fileBytes);

    /// <summary>Nothing will be sent any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Takes a list of segments, and sends what the socket takes now.</summary>
    public void Add(OutputSegment first)
    {
        lock (_gate)
        {
            if (_isOver || _isComplete)
            {
                Release(first);
                return;
            }
            if (_last is null)
                _first = first;
            else
                _last.Next = first;
            for (OutputSegment? segment = first; segment is not null; segment = segment.Next)
            {
                _last = segment;
                if (segment.File is null)
                    _memoryBytes += segment.Length;
                else
                    _fileBytes += segment.Length;
            }
            if (_isSending)
                return;
            _isSending = true;
        }
        Run();
    }

    /// <summary>There comes nothing more: the connection ends when all is sent.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            if (_isSending || _isOver)
                return;
            _isSending = true;
        }
        Run();
    }

    /// <summary>What is not sent is dropped. The socket is closed already, or the caller closes it before: that ends a wait.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _isAborted = true;
            if (_isSending || _isOver)
                return;
            _isSending = true;
        }
        Run();
    }

    void IThreadPoolWorkItem.Execute() => Run();

    public void Dispose()
    {
        _stalls.Dispose();
        _waiting.Dispose();
    }

    /// <param name="waited">What a send that had to wait came to; null: there was none.</param>
    private void Run(SendResult? waited = null)
    {
        try
        {
            if (waited is null || Took(waited.Value))
                Send();
        }
        catch (ObjectDisposedException)
        {
            End(new SendEnd(SocketError.OperationAborted, null));
        }
        catch (Exception fault)
        {
            End(new SendEnd(SocketError.Success, fault));
        }
    }

    private void Send()
    {
        int left = TurnBytes;
        while (true)
        {
            OutputSegment? first;
            bool isAborted;
            lock (_gate)
            {
                first = _first;
                isAborted = _isAborted;
                if (first is null && !isAborted && !_isComplete)
                {
                    _isSending = false;
                    return;
                }
            }
            if (first is null || isAborted)
            {
                End(new SendEnd(isAborted ? SocketError.OperationAborted : SocketError.Success, null));
                return;
            }
            if (first.Length == 0)
            {
                Remove(0);
                continue;
            }
            if (left <= 0)
            {
                Yield();
                return;
            }
            if (SocketPoller.IsCurrent && first.File is { } file && !KernelSends.IsInMemory(file, first))
            {
                // Other connections do not wait for the disk.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
            SendResult sent =
                KernelSends.AreAvailable && !first.MustCopy
                    ? KernelSends.Send(_socket, first)
                    : new SendResult(0, SocketError.WouldBlock);
            if (sent.Error == SocketError.WouldBlock)
            {
                _unsent.Waits(_accepted.Accepted);
                _stalls.Waits();
                if (_events is not null && !first.MustCopy)
                {
                    _events.WaitForOutput(_ready);
                    return;
                }
                if (_waiting.Send(_socket, first) is not { } waited)
                    return;
                sent = waited;
            }
            if (!Took(sent))
                return;
            left -= sent.AcceptedBytes;
        }
    }

    // Goes on when others had their turn.
    private void Yield()
    {
        if (_events is not null)
            _events.WaitForOutput(_ready);
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>False: it was the last.</summary>
    private bool Took(SendResult sent)
    {
        if (sent.AcceptedBytes > 0)
        {
            _accepted.Accept(sent.AcceptedBytes);
            Remove(sent.AcceptedBytes);
            _owner.Drained();
        }
        if (sent.Error == SocketError.Success)
            return true;
        End(new SendEnd(sent.Error, null));
        return false;
    }

    private void Remove(long bytes)
    {
        OutputSegment? done = null;
        lock (_gate)
        {
            while (bytes > 0 || _first is { Length: 0 })
            {
                OutputSegment first = _first!;
                long taken = Math.Min(bytes, first.Length);
                first.Take(taken);
                bytes -= taken;
                if (first.File is null)
                    _memoryBytes -= taken;
                else
                    _fileBytes -= taken;
                if (first.Length > 0)
                    break;
                _first = first.Next;
                if (_first is null)
                    _last = null;
                first.Next = done;
                done = first;
            }
        }
        Release(done);
    }

    private void End(SendEnd end)
    {
        OutputSegment? dropped;
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            dropped = _first;
            (_first, _last, _memoryBytes, _fileBytes) = (null, null, 0, 0);
        }
        Release(dropped);
        _owner.Ended(end);
    }

    private static void Release(OutputSegment? segments)
    {
        while (segments is not null)
        {
            OutputSegment? next = segments.Next;
            segments.Release();
            segments = next;
        }
    }
}
