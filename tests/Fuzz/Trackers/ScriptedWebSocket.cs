using System.Net.WebSockets;

namespace Distribution.Fuzz.Trackers;

/// <summary>A socket whose other side says some messages and closes; what it is sent goes to a check.</summary>
internal sealed class ScriptedWebSocket(
    Queue<(byte[] Message, WebSocketMessageType Type)> script,
    Action<ReadOnlyMemory<byte>> onSent
) : WebSocket
{
    private ReadOnlyMemory<byte> _rest;
    private WebSocketMessageType _type = WebSocketMessageType.Close;
    private bool _isInMessage;
    private WebSocketState _state = WebSocketState.Open;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
    {
        if (!_isInMessage)
        {
            if (!script.TryDequeue(out (byte[] Message, WebSocketMessageType Type) next))
                return ValueTask.FromResult(new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, true));
            (_rest, _type) = next;
            _isInMessage = true;
        }
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        bool isEnd = _rest.IsEmpty;
        _isInMessage = !isEnd;
        return ValueTask.FromResult(new ValueWebSocketReceiveResult(count, _type, isEnd));
    }

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken stop)
    {
        ValueWebSocketReceiveResult received = await ReceiveAsync(buffer.AsMemory(), stop);
        return new WebSocketReceiveResult(received.Count, received.MessageType, received.EndOfMessage);
    }

    public override ValueTask SendAsync(
        ReadOnlyMemory<byte> buffer,
        WebSocketMessageType messageType,
        bool endOfMessage,
        CancellationToken cancellationToken
    )
    {
        onSent(buffer);
        return ValueTask.CompletedTask;
    }

    public override Task SendAsync(
        ArraySegment<byte> buffer,
        WebSocketMessageType messageType,
        bool endOfMessage,
        CancellationToken cancellationToken
    ) => SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    public override void Abort() => _state = WebSocketState.Aborted;

    public override Task CloseOutputAsync(WebSocketCloseStatus status, string? description, CancellationToken stop)
    {
        _state = WebSocketState.CloseSent;
        return Task.CompletedTask;
    }

    public override Task CloseAsync(WebSocketCloseStatus status, string? description, CancellationToken stop) =>
        CloseOutputAsync(status, description, stop);

    public override void Dispose() => _state = WebSocketState.Closed;
}
