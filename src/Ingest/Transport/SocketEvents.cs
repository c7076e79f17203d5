using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Distribution.Ingest.Transport;

/// <summary>
/// A socket's waits, one for input and one for output. What waited goes on upon the poller's thread, or, when this is disposed, upon
/// the thread pool.
/// </summary>
internal sealed class SocketEvents(SocketPoller poller, SafeHandle socket, long id)
    : IValueTaskSource,
        IThreadPoolWorkItem,
        IDisposable
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _input;
    private Action? _output;
    private PollEvents _asked;
    private bool _isOver;

    /// <summary>Ends when there may be something to receive. One caller at a time.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public ValueTask WaitForInputAsync()
    {
        _input.Reset();
        short version = _input.Version;
        Ask(PollEvents.Input);
        return new ValueTask(this, version);
    }

    /// <summary>Calls back, once, when there may be room to send. One caller at a time.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public void WaitForOutput(Action ready)
    {
        _output = ready;
        Ask(PollEvents.Output);
    }

    /// <summary>By the poller's thread.</summary>
    public void Happened(PollEvents happened)
    {
        lock (_gate)
        {
            happened &= _asked;
            _asked &= ~happened;
            if (_asked != PollEvents.None && !_isOver)
                TryAskAgain();
        }
        Tell(happened);
    }

    /// <summary>Ends what waits. The socket is closed before, so that nothing new can wait.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
        }
        poller.Remove(id);
        // Whoever disposes may hold locks.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        PollEvents left;
        lock (_gate)
            (left, _asked) = (_asked, PollEvents.None);
        Tell(left);
    }

    void IValueTaskSource.GetResult(short token) => _input.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _input.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _input.OnCompleted(continuation, state, token, flags);

    private void Ask(PollEvents events)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            if (!poller.Ask(socket, id, _asked | events))
                throw new IOException("The system does not watch the socket any more.");
            // Whoever takes an event comes for it with this gate.
            _asked |= events;
        }
    }

    // With the gate held.
    private void TryAskAgain()
    {
        try
        {
            poller.Ask(socket, id, _asked);
        }
        catch (ObjectDisposedException)
        {
            // Closed this moment; whoever closed it disposes of this next.
        }
    }

    private void Tell(PollEvents happened)
    {
        // The input last: a request that is handled on this thread comes after what was answered before.
        if ((happened & PollEvents.Output) != 0)
            _output!();
        if ((happened & PollEvents.Input) != 0)
            _input.SetResult(true);
    }
}
