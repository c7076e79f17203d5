using System.Net.WebSockets;
using System.Threading.Channels;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>The sending side of one socket: a queue, bounded in bytes, that one loop empties. Any thread.</summary>
internal sealed class BrowserSocket(long number, WebSocket socket, int maxUnsentBytes) : IDisposable
{
    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly CancellationTokenSource _ending = new();
    private WebSocketCloseStatus _status = WebSocketCloseStatus.NormalClosure;
    private string? _reason;
    private int _unsentBytes;
    private int _isEnding;

    /// <summary>Given once in the life of the process.</summary>
    public long Number { get; } = number;

    /// <summary>We have closed our side, and wait no longer than a moment for the browser's.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>False: the browser does not take what it is sent, or the socket ends; the message is dropped.</summary>
    public bool TrySend(byte[] message)
    {
        if (Interlocked.Add(ref _unsentBytes, message.Length) <= maxUnsentBytes && _queue.Writer.TryWrite(message))
            return true;
        Interlocked.Add(ref _unsentBytes, -message.Length);
        return false;
    }

    /// <summary>Closes it once what is queued has left; the first call counts.</summary>
    /// <param name="reason">For people, in ASCII, at most 123 characters (RFC 6455).</param>
    public void End(WebSocketCloseStatus status, string? reason)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0)
            return;
        (_status, _reason) = (status, reason);
        _queue.Writer.TryComplete();
        _ending.Cancel();
    }

    public void Dispose() => _ending.Dispose();

    /// <summary>Sends what is queued, until the end.</summary>
    public async Task SendQueuedAsync(CancellationToken stop)
    {
        try
        {
            await foreach (byte[] message in _queue.Reader.ReadAllAsync(stop))
            {
                await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, stop);
                Interlocked.Add(ref _unsentBytes, -message.Length);
            }
            await socket.CloseOutputAsync(_status, _reason, stop);
        }
        catch (Exception fault)
            when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The other side is gone; who receives hears of it too.
            _queue.Writer.TryComplete();
            socket.Abort();
        }
    }
}
