using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Trackers;
using Distribution.Silos.Announces.Browsers;

namespace Distribution.Fuzz.Targets;

/// <summary>The WebSocket tracker's sessions, in process: some messages over each socket.</summary>
internal sealed class WebSocketTarget : IFuzzTarget
{
    private const int MostMessages = 6;

    private readonly FuzzTracker _tracker;
    private readonly Findings _findings;
    private readonly BrowserTrackerOptions _options = new() { MessageBurst = 5 };
    private readonly CheckedRelay _relay;
    private readonly TokenMutator _mutator;
    private readonly Draft _message;
    private readonly Queue<(byte[], WebSocketMessageType)> _script = new();
    private readonly List<byte[]> _answers = [];
    private byte[] _lastMessage = [];
    private long _sockets;

    public WebSocketTarget(FuzzTracker tracker, Findings findings)
    {
        (_tracker, _findings) = (tracker, findings);
        _relay = new CheckedRelay(CheckMessage);
        _mutator = NewMutator(FuzzTracker.Crowded);
        // Some are longer than a browser's may be.
        _message = new Draft(_options.MaxMessageBytes + 1024);
    }

    public string Name => "websocket";

    public static TokenMutator NewMutator(InfoHash swarm) =>
        new(Corpus.Read("websocket"), ",:{}[]\"", Words, Quote) { Swarm = swarm };

    public async ValueTask<int> FeedAsync(Random random)
    {
        int count = 1 + random.Next(MostMessages);
        for (int i = 0; i < count; i++)
        {
            _mutator.Make(_message, random);
            _lastMessage = _message.Bytes.ToArray();
            WebSocketMessageType type = random.Next(30) == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
            _script.Enqueue((_lastMessage, type));
        }
        await RunAsync(Sources.Next(random).Address);
        _script.Clear();
        return count;
    }

    public async ValueTask CheckHonestAsync()
    {
        string hash = Encoding.UTF8.GetString(Quote(FuzzTracker.Quiet));
        const string Announce =
            """{"action":"announce","peer_id":"-HO0001-some browser","numwant":0,"left":5,"offers":[],"info_hash":""";
        _script.Enqueue((Encoding.UTF8.GetBytes($$"""{{Announce}}"{{hash}}"}"""), WebSocketMessageType.Text));
        await RunAsync(IPAddress.Parse("192.0.2.3"));
        bool isRight = false;
        if (_answers is [var answer])
        {
            using var read = JsonDocument.Parse(answer);
            isRight =
                read.RootElement.TryGetProperty("incomplete", out JsonElement incomplete)
                && incomplete.GetInt32() == 3
                && read.RootElement.GetProperty("info_hash").GetString() == hash;
        }
        _findings.Expect(isRight, Name, "an honest browser was not answered rightly", _answers.FirstOrDefault() ?? []);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static readonly byte[][] Words =
    [
        .. (
            (string[])
                [
                    "action",
                    "announce",
                    "scrape",
                    "info_hash",
                    "peer_id",
                    "to_peer_id",
                    "offers",
                    "offer",
                    "offer_id",
                    "answer",
                    "event",
                    "left",
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1e400",
                    "1e18",
                    "-9223372036854775809",
                    "0.5",
                    "\\u0000",
                    "\\ud800",
                    "\\u00ff",
                    "\u00ff",
                    "\u20ac",
                    "{}",
                    "[[[[[[[[[[[[[[[[[[[[",
                    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{",
                    "stopped",
                    "completed",
                    "paused",
                    "",
                ]
        ).Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Each byte a character; those of our swarms need no escape.</summary>
    private static byte[] Quote(InfoHash infoHash) =>
        Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(infoHash.AsSpan()));

    private async Task RunAsync(IPAddress source)
    {
        _answers.Clear();
        using var webSocket = new ScriptedWebSocket(_script, Keep);
        using var socket = new BrowserSocket(++_sockets, webSocket, _options.MaxUnsentBytes);
        // Its timeouts can be set again on the system's timers alone.
        using var messages = new BrowserMessages(webSocket, _options.MaxMessageBytes, TimeProvider.System);
        var session = new BrowserSession(
            socket,
            messages,
            source,
            _tracker,
            _relay,
            _tracker,
            _options,
            _tracker.Limits,
            _tracker.Clock
        );
        await session.RunAsync();
        socket.End(WebSocketCloseStatus.NormalClosure, null);
        await socket.SendQueuedAsync(CancellationToken.None);
    }

    private void Keep(ReadOnlyMemory<byte> message)
    {
        CheckMessage(message);
        _answers.Add(message.ToArray());
    }

    private void CheckMessage(ReadOnlyMemory<byte> message)
    {
        _findings.Expect(
            message.Length <= _options.MaxMessageBytes + 1024,
            Name,
            $"a message of {message.Length} bytes to a browser",
            _lastMessage
        );
        try
        {
            var json = new Utf8JsonReader(message.Span);
            while (json.Read()) { }
        }
        catch (JsonException fault)
        {
            _findings.Add(Name, $"a message that no browser reads: {fault.Message}", _lastMessage);
        }
    }
}
