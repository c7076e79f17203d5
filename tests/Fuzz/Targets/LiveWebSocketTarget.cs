using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Trackers;

namespace Distribution.Fuzz.Targets;

/// <summary>A real silo's WebSockets: frames that are whole or broken (RFC 6455), with hostile messages in them.</summary>
internal sealed class LiveWebSocketTarget(LiveTracker tracker, Findings findings) : IFuzzTarget
{
    private const int MostFrames = 4;
    private const int MostFrameBytes = 70 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] Upgrade = Encoding.ASCII.GetBytes(
        "GET /announce HTTP/1.1\r\nHost: tracker\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );

    private readonly TokenMutator _mutator = WebSocketTarget.NewMutator(FuzzTracker.Crowded);
    private readonly Draft _message = new(MostFrameBytes);
    private readonly byte[] _frame = new byte[MostFrameBytes + 14];
    private readonly byte[] _answer = new byte[64 * 1024];

    public string Name => "websocket socket";

    public async ValueTask<int> FeedAsync(Random random)
    {
        int count = 1 + random.Next(MostFrames);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.LingerState = new LingerOption(true, 0);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(tracker.Http, patience.Token);
            await socket.SendAsync(Upgrade, SocketFlags.None, patience.Token);
            int length = await socket.ReceiveAsync(_answer, SocketFlags.None, patience.Token);
            findings.Expect(_answer.AsSpan(0, length).StartsWith("HTTP/1.1 101 "u8), Name, "no socket was opened", []);
            for (int i = 0; i < count; i++)
            {
                _mutator.Make(_message, random);
                await socket.SendAsync(_frame.AsMemory(0, WriteFrame(random)), SocketFlags.None, patience.Token);
            }
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(_answer, SocketFlags.None, patience.Token) > 0) { }
        }
        catch (SocketException)
        {
            // Closed in the middle of it, as is the server's right.
        }
        catch (OperationCanceledException)
        {
            findings.Add(Name, "a socket that is over on our side was kept", _message.Bytes);
        }
        return count;
    }

    public async ValueTask CheckHonestAsync()
    {
        const string Announce =
            """{"action":"announce","info_hash":"quiet swarm, honest.","peer_id":"-HO0001-live browser","numwant":0,"left":5,"offers":[]}""";
        using var socket = new ClientWebSocket();
        using var patience = new CancellationTokenSource(Patience);
        string answer = "";
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{tracker.Http}/announce"), patience.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(Announce), WebSocketMessageType.Text, true, patience.Token);
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(_answer.AsMemory(), patience.Token);
            answer = Encoding.UTF8.GetString(_answer, 0, received.Count);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            findings.Add(Name, $"an honest browser's socket failed: {fault.Message}", []);
        }
        findings.Expect(
            answer.Contains("\"incomplete\":", StringComparison.Ordinal),
            Name,
            $"an honest browser was not answered: {answer}",
            []
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Mostly as a browser writes it, masked; sometimes with a wrong bit, length or mask.</summary>
    private int WriteFrame(Random random)
    {
        int length = _message.Length;
        _frame[0] = random.Next(8) == 0 ? (byte)random.Next(256) : (byte)0x81;
        int at = 2;
        if (length < 126)
            _frame[1] = (byte)(0x80 | length);
        else if (length <= ushort.MaxValue)
        {
            _frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(2), (ushort)length);
            at = 4;
        }
        else
        {
            _frame[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(_frame.AsSpan(2), (ulong)length);
            at = 10;
        }
        Span<byte> mask = _frame.AsSpan(at, 4);
        random.NextBytes(mask);
        at += mask.Length;
        for (int i = 0; i < length; i++)
            _frame[at + i] = (byte)(_message.Bytes[i] ^ mask[i & 3]);
        if (random.Next(8) == 0)
            _frame[random.Next(10)] ^= (byte)(1 << random.Next(8));
        return at + length;
    }
}
