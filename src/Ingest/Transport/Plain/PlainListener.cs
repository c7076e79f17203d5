using System.Net.Sockets;
using System.Threading.Channels;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>
/// A listening socket whose connections begin in the loops. Those that the loops leave to the web server come out of
/// <see cref="TakeAsync"/>.
/// </summary>
internal sealed class PlainListener(Socket socket, IReadOnlyList<PlainLoop> loops)
{
    private readonly Channel<PlainRemainder> _others = Channel.CreateUnbounded<PlainRemainder>();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections = 1;
    private volatile bool _isEnding;
    private int _isEndingOnce;

    public SafeSocketHandle Socket { get; } = socket.SafeHandle;

    /// <summary>Its connections get no further request.</summary>
    public bool IsEnding => _isEnding;

    public void Start()
    {
        foreach (PlainLoop loop in loops)
            loop.Listen(this);
    }

    /// <summary>The next connection that is the web server's; null: there comes none any more.</summary>
    public async ValueTask<PlainRemainder?> TakeAsync(CancellationToken cancellation)
    {
        while (await _others.Reader.WaitToReadAsync(cancellation))
            if (_others.Reader.TryRead(out PlainRemainder? next))
                return next;
        return null;
    }

    /// <summary>By a loop: from here on the descriptor is ours.</summary>
    public void HandOver(int descriptor, ReadOnlySpan<byte> received)
    {
        var next = new PlainRemainder(new SafeSocketHandle(descriptor, ownsHandle: true), received.ToArray());
        if (!_others.Writer.TryWrite(next))
            next.Descriptor.Dispose();
    }

    /// <summary>By a loop: it has one more of our connections.</summary>
    public void Added() => Interlocked.Increment(ref _connections);

    /// <summary>By a loop: one is closed, or the web server's.</summary>
    public void Removed()
    {
        if (Interlocked.Decrement(ref _connections) == 0)
            _drained.TrySetResult();
    }

    /// <summary>Takes no more connections, ends those that are idle, and lets the others send what they are at.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _isEndingOnce, 1) == 1)
            return;
        _isEnding = true;
        socket.Dispose();
        foreach (PlainLoop loop in loops)
            loop.Wake();
        _others.Writer.TryComplete();
        Removed();
    }

    /// <summary>After <see cref="End"/>: returns when every connection is closed or the web server's; those that are not by then are cut off.</summary>
    public async Task DrainAsync(TimeSpan patience, TimeProvider clock)
    {
        try
        {
            await _drained.Task.WaitAsync(patience, clock);
        }
        catch (TimeoutException)
        {
            foreach (PlainLoop loop in loops)
                loop.CutOff(this);
            await _drained.Task;
        }
    }
}
