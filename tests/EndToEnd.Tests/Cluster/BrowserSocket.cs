using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>A browser's WebSocket to the tracker of one server, with WebTorrent's signalling.</summary>
internal sealed class BrowserSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly string _infoHash;

    /// <param name="peerId">20 characters.</param>
    private BrowserSocket(string infoHash, string peerId)
    {
        _infoHash = Encoding.Latin1.GetString(Convert.FromHexString(infoHash));
        PeerId = peerId;
    }

    public string PeerId { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<BrowserSocket> OpenAsync(DistributionServer server, string infoHash, string peerId)
    {
        var browser = new BrowserSocket(infoHash, peerId);
        await browser
            ._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/announce"), Stop)
            .WaitAsync(Patience, Stop);
        return browser;
    }

    /// <summary>Announces and hears the tracker's own reply.</summary>
    /// <param name="offerId">An offer for one other; null: none.</param>
    public async Task<JsonElement> AnnounceAsync(long left, string? offerId = null)
    {
        await SayAsync(
            new
            {
                action = "announce",
                info_hash = _infoHash,
                peer_id = PeerId,
                numwant = offerId is null ? 0 : 1,
                uploaded = 0,
                downloaded = 0,
                left,
                @event = "started",
                offers = offerId is null
                    ? []
                    : new[] { new { offer = new { type = "offer", sdp = $"sdp of {offerId}" }, offer_id = offerId } },
            }
        );
        return await HearAsync(static message => message.TryGetProperty("interval", out _));
    }

    public Task AnswerAsync(string toPeerId, string offerId) =>
        SayAsync(
            new
            {
                action = "announce",
                info_hash = _infoHash,
                peer_id = PeerId,
                to_peer_id = toPeerId,
                answer = new { type = "answer", sdp = $"sdp for {offerId}" },
                offer_id = offerId,
            }
        );

    /// <summary>The next message that is wanted.</summary>
    public async Task<JsonElement> HearAsync(Func<JsonElement, bool> isWanted)
    {
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await _socket
                    .ReceiveAsync(_buffer.AsMemory(length), Stop)
                    .AsTask()
                    .WaitAsync(Patience, Stop);
                Assert.Equal(WebSocketMessageType.Text, received.MessageType);
                length += received.Count;
            } while (!received.EndOfMessage);
            JsonElement message = JsonDocument.Parse(_buffer.AsMemory(0, length)).RootElement.Clone();
            Assert.False(message.TryGetProperty("failure reason", out _), message.GetRawText());
            if (isWanted(message))
                return message;
        }
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    private Task SayAsync(object message) =>
        _socket
            .SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, Stop)
            .WaitAsync(Patience, Stop);
}
