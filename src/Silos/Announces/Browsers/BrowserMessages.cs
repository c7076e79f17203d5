using System.Buffers;
using System.Net.WebSockets;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>
/// Receives whole messages of one socket. A socket that waits holds no buffer; one that sends holds what its message needs, up to the limit.
/// </summary>
internal sealed class BrowserMessages(WebSocket socket, int maxBytes, TimeProvider clock) : IDisposable
{
    private const int FirstBytes = 4096;

    /// <summary>The other side's part of closing takes no longer.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _timeout = new(Timeout.InfiniteTimeSpan, clock);
    private byte[] _buffer = [];
    private int _length;

    /// <summary>The last message, until the next is received.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

    /// <summary>Waits for the next message.</summary>
    /// <param name="silence">So long nothing may come.</param>
    /// <param name="slowness">So long a message may take, from its first byte.</param>
    /// <param name="ending">We have closed our side.</param>
    public async ValueTask<BrowserMessageKind> ReceiveAsync(
        TimeSpan silence,
        TimeSpan slowness,
        CancellationToken ending
    )
    {
        Release();
        if (!_timeout.TryReset())
            return BrowserMessageKind.End;
        _timeout.CancelAfter(silence);
        await using CancellationTokenRegistration stopping = ending.UnsafeRegister(
            static timeout => ((CancellationTokenSource)timeout!).CancelAfter(EndTimeout),
            _timeout
        );
        try
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(Memory<byte>.Empty, _timeout.Token);
            _timeout.CancelAfter(slowness);
            while (received.MessageType != WebSocketMessageType.Close && !received.EndOfMessage)
            {
                if (_length == maxBytes)
                    return BrowserMessageKind.TooLong;
                if (_length == _buffer.Length)
                    Grow();
                int room = Math.Min(_buffer.Length, maxBytes) - _length;
                received = await socket.ReceiveAsync(_buffer.AsMemory(_length, room), _timeout.Token);
                _length += received.Count;
            }
            return received.MessageType switch
            {
                WebSocketMessageType.Text => BrowserMessageKind.Text,
                WebSocketMessageType.Binary => BrowserMessageKind.Binary,
                _ => BrowserMessageKind.End,
            };
        }
        catch (Exception fault)
            when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return BrowserMessageKind.End;
        }
    }

    public void Dispose()
    {
        Release();
        _timeout.Dispose();
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(maxBytes, Math.Max(FirstBytes, 2 * _buffer.Length)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        int length = _length;
        Release();
        (_buffer, _length) = (larger, length);
    }

    private void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }
}
