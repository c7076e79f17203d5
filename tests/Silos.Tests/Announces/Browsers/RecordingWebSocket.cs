using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Distribution.Silos.Tests.Announces.Browsers;

/// <summary>The sending side of a socket, which keeps what it is sent; blocked, it takes nothing until it is aborted.</summary>
internal sealed class RecordingWebSocket(bool isBlocked = false) : WebSocket
{
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private WebSocketState _state = WebSocketState.Open;
    private WebSocketCloseStatus? _closeStatus;

    public override WebSocketCloseStatus? CloseStatus => _closeStatus;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public async Task<string> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _sent.Reader.ReadAsync(limit.Token);
    }

    public override async Task SendAsync(
        ArraySegment<byte> buffer,
        WebSocketMessageType messageType,
        bool endOfMessage,
        CancellationToken cancellationToken
    )
    {
        if (isBlocked)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        _sent.Writer.TryWrite(Encoding.UTF8.GetString(buffer));
    }

    public override void Abort() => _state = WebSocketState.Aborted;

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus,
        string? statusDescription,
        CancellationToken cancellationToken
    )
    {
        _closeStatus = closeStatus;
        _state = WebSocketState.CloseSent;
        return Task.CompletedTask;
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? description, CancellationToken stop) =>
        CloseOutputAsync(closeStatus, description, stop);

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken stop) =>
        throw new NotSupportedException("Nothing is received here.");

    public override void Dispose() => _state = WebSocketState.Closed;
}
