using System.Runtime.InteropServices;

namespace Distribution.Ingest.Transport;

/// <summary>The process's pollers: one for each two processors, as what is sent is worth the other's work. Connections go to them in turn.</summary>
internal sealed class SocketPollers : IDisposable
{
    private readonly Lazy<SocketPoller?[]> _pollers = new(() =>
        [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => SocketPoller.TryStart())]
    );

    private int _turn;

    /// <summary>Null: the system has no such thing, or takes no more; .NET's engine serves the socket.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public SocketEvents? TryAdd(SafeHandle socket)
    {
        SocketPoller?[] pollers = _pollers.Value;
        return pollers[(uint)Interlocked.Increment(ref _turn) % pollers.Length]?.TryAdd(socket);
    }

    public void Dispose()
    {
        if (!_pollers.IsValueCreated)
            return;
        foreach (SocketPoller? poller in _pollers.Value)
            poller?.Dispose();
    }
}
