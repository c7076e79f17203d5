using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Distribution.Ingest.Transport;

/// <summary>
/// One thread that waits for many sockets and goes on with the connection that something happened to. .NET's engine has a thread
/// that wakes a second one for each event.
/// </summary>
/// <remarks>
/// Nothing that may take its time belongs on this thread: whoever goes on here asks <see cref="IsCurrent"/>, and leaves to the thread pool
/// what could wait for a disk or compute for long.
/// </remarks>
internal sealed class SocketPoller : IDisposable
{
    [ThreadStatic]
    private static bool s_isCurrent;

    private readonly KernelPolls _polls;
    private readonly ConcurrentDictionary<long, SocketEvents> _sockets = new();
    private long _lastId = KernelPolls.Ended;
    private int _isEnded;

    private SocketPoller(KernelPolls polls)
    {
        _polls = polls;
        new Thread(Run) { IsBackground = true, Name = "connections" }.Start();
    }

    /// <summary>The caller runs on such a thread.</summary>
    public static bool IsCurrent => s_isCurrent;

    /// <summary>Null: not on this system.</summary>
    public static SocketPoller? TryStart() => KernelPolls.TryOpen() is { } polls ? new SocketPoller(polls) : null;

    /// <summary>Null: the system takes no more. Dispose it when the socket is closed.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public SocketEvents? TryAdd(SafeHandle socket)
    {
        long id = Interlocked.Increment(ref _lastId);
        var events = new SocketEvents(this, socket, id);
        _sockets[id] = events;
        bool isAdded = false;
        try
        {
            isAdded = _polls.TryAdd(socket, id);
        }
        finally
        {
            if (!isAdded)
                _sockets.TryRemove(id, out _);
        }
        return isAdded ? events : null;
    }

    /// <summary>The thread ends; whoever waits is let go.</summary>
    public void Dispose()
    {
        // The thread disposes of the rest on its way out.
        if (Interlocked.Exchange(ref _isEnded, 1) == 1)
            return;
        _polls.End();
        foreach (SocketEvents events in _sockets.Values)
            events.Dispose();
    }

    internal bool Ask(SafeHandle socket, long id, PollEvents events) => _polls.Ask(socket, id, events);

    internal void Remove(long id) => _sockets.TryRemove(id, out _);

    private void Run()
    {
        s_isCurrent = true;
        while (_polls.Wait(out PollEvents happened) is var id && id != KernelPolls.Ended)
            if (_sockets.TryGetValue(id, out SocketEvents? events))
                events.Happened(happened);
        _polls.Dispose();
    }
}
