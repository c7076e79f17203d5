using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Announces.Browsers;

/// <summary>A browser's side of a real WebSocket to the tracker.</summary>
internal sealed class TestBrowser : IAsyncDisposable
{
    /// <summary>Nothing takes so long on any machine; what is not coming fails a test here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[256 * 1024];

    private TestBrowser(string name) => Id = LedgerHarness.Peer(name);

    public PeerId Id { get; }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<TestBrowser> OpenAsync(Uri tracker, string name)
    {
        var browser = new TestBrowser(name);
        using var limit = new CancellationTokenSource(Patience);
        var address = new UriBuilder(new Uri(tracker, "/announce")) { Scheme = "ws" };
        await browser._socket.ConnectAsync(address.Uri, limit.Token);
        return browser;
    }

    public static string Text(ReadOnlySpan<byte> id) => Encoding.Latin1.GetString(id);

    public Task SayAsync(object message) => SayTextAsync(JsonSerializer.Serialize(message));

    public async Task SayTextAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var limit = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), type, true, limit.Token);
    }

    /// <summary>Says it where the socket still takes it.</summary>
    public async Task TrySayTextAsync(string text)
    {
        if (_socket.State == WebSocketState.Open)
            await SayTextAsync(text);
    }

    /// <param name="offers">Named "offer-0" and so on.</param>
    public Task SayAnnounceAsync(InfoHash file, long? left, string? announceEvent = null, int offers = 0) =>
        SayAsync(
            new Dictionary<string, object?>
            {
                ["action"] = "announce",
                ["info_hash"] = Text(file.AsSpan()),
                ["peer_id"] = Text(Id.AsSpan()),
                ["numwant"] = offers,
                ["uploaded"] = 0,
                ["downloaded"] = 0,
                ["left"] = left,
                ["event"] = announceEvent,
                ["offers"] = Enumerable
                    .Range(0, offers)
                    .Select(static i => new
                    {
                        offer = new { type = "offer", sdp = string.Create(CultureInfo.InvariantCulture, $"sdp-{i}") },
                        offer_id = string.Create(CultureInfo.InvariantCulture, $"offer-{i}"),
                    }),
            }
        );

    /// <summary>Announces and reads the reply; nothing else may come before it.</summary>
    public async Task<JsonElement> AnnounceAsync(
        InfoHash file,
        long? left,
        string? announceEvent = null,
        int offers = 0
    )
    {
        await SayAnnounceAsync(file, left, announceEvent, offers);
        return await HearAsync();
    }

    public Task AnswerAsync(InfoHash file, PeerId to, string offerId) =>
        SayAsync(
            new
            {
                action = "announce",
                info_hash = Text(file.AsSpan()),
                peer_id = Text(Id.AsSpan()),
                to_peer_id = Text(to.AsSpan()),
                answer = new { type = "answer", sdp = "answered" },
                offer_id = offerId,
            }
        );

    public async Task<JsonElement> HearAsync()
    {
        byte[]? message = await TryHearAsync();
        Assert.True(
            message is not null,
            $"The tracker closed the socket: {CloseStatus} {_socket.CloseStatusDescription}"
        );
        return JsonDocument.Parse(message).RootElement;
    }

    /// <summary>Null: the tracker closed.</summary>
    public async Task<byte[]?> TryHearAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(_buffer.AsMemory(length), limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            length += received.Count;
            if (received.EndOfMessage)
                return _buffer[..length];
        }
    }

    /// <summary>Closes in order, and returns when the tracker has closed too.</summary>
    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    /// <summary>As when a machine goes away: without a word.</summary>
    public void Vanish() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
