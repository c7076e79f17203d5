using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A leecher on a real socket that says only what the test tells it to. Every wait ends after ten seconds at most.</summary>
public sealed class TestPeer : IAsyncDisposable
{
    public const byte MetadataId = 7;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly FrameLimits _limits;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _filled;

    private TestPeer(Socket socket, int? pieces)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _limits = new FrameLimits { PieceCount = pieces, MaxBlockBytes = 128 * 1024 };
    }

    public Handshake Theirs { get; private set; }

    public PeerId Id { get; private init; }

    /// <summary>Payload bytes of piece messages that were read, whole or in part.</summary>
    public long PayloadRead { get; private set; }

    public long BytesRead { get; private set; }

    public Socket Socket => _socket;

    public static PeerId NewId() => PeerId.Create("-TT0001-"u8);

    public static async Task<TestPeer> ConnectAsync(
        int port,
        TestContent content,
        ReservedBits bits = ReservedBits.Fast | ReservedBits.Extensions,
        PeerId? id = null,
        int receiveBufferBytes = 0,
        InfoHash? infoHash = null,
        IPAddress? from = null
    )
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBufferBytes > 0)
            socket.ReceiveBufferSize = receiveBufferBytes;
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var peer = new TestPeer(socket, content.Torrent.PieceCount) { Id = id ?? NewId() };
        await peer.SendHandshakeAsync(infoHash ?? content.InfoHash, bits);
        return peer;
    }

    /// <summary>Connects and reads the engine's handshake.</summary>
    public static async Task<TestPeer> GreetAsync(
        int port,
        TestContent content,
        ReservedBits bits = ReservedBits.Fast | ReservedBits.Extensions,
        PeerId? id = null,
        int receiveBufferBytes = 0,
        InfoHash? infoHash = null
    )
    {
        TestPeer peer = await ConnectAsync(port, content, bits, id, receiveBufferBytes, infoHash);
        await peer.ReadHandshakeAsync();
        return peer;
    }

    /// <summary>Takes the engine's call.</summary>
    public static async Task<TestPeer> AcceptAsync(
        Socket listener,
        TestContent content,
        PeerId? id = null,
        InfoHash? infoHash = null
    )
    {
        Socket socket = await listener.AcceptAsync().WaitAsync(_patience);
        var peer = new TestPeer(socket, content.Torrent.PieceCount) { Id = id ?? NewId() };
        await peer.ReadHandshakeAsync();
        await peer.SendHandshakeAsync(infoHash ?? content.InfoHash, ReservedBits.Fast | ReservedBits.Extensions);
        return peer;
    }

    public static Socket Listen(out IPEndPoint endpoint)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        endpoint = (IPEndPoint)listener.LocalEndPoint!;
        return listener;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes).AsTask().WaitAsync(_patience)..];
    }

    public Task SendAsync(MessageType type)
    {
        var frame = new byte[WireWriter.SignalBytes];
        WireWriter.WriteSignal(frame, type);
        return SendAsync(frame);
    }

    public Task SendHaveAsync(int piece)
    {
        var frame = new byte[WireWriter.HaveBytes];
        WireWriter.WriteHave(frame, piece);
        return SendAsync(frame);
    }

    public Task SendBitfieldAsync(Bitfield bitfield)
    {
        var output = new ArrayBufferWriter<byte>();
        WireWriter.WriteBitfield(output, bitfield);
        return SendAsync(output.WrittenMemory);
    }

    public Task RequestAsync(params BlockRequest[] blocks) => SendAsync(Frames(MessageType.Request, blocks));

    public Task CancelAsync(params BlockRequest[] blocks) => SendAsync(Frames(MessageType.Cancel, blocks));

    public Task SendExtendedAsync(byte id, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        WireWriter.WriteExtended(output, id, payload);
        return SendAsync(output.WrittenMemory);
    }

    public Task SendExtensionHandshakeAsync(int port = 0, byte exchangeId = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        new ExtensionHandshake
        {
            MetadataId = MetadataId,
            ExchangeId = exchangeId,
            ListenPort = port,
            Client = "test",
        }.Write(output);
        return SendExtendedAsync(0, output.WrittenSpan);
    }

    public async Task ReadHandshakeAsync() =>
        Assert.True(await TryReadHandshakeAsync(), "The engine closed the connection instead of greeting.");

    public async Task<bool> TryReadHandshakeAsync()
    {
        while (true)
        {
            FrameStatus status = Handshake.TryRead(_buffer.AsSpan(0, _filled), out Handshake theirs, out _);
            if (status == FrameStatus.Complete)
            {
                Theirs = theirs;
                Consume(Handshake.LengthBytes);
                return true;
            }
            Assert.NotEqual(FrameStatus.Invalid, status);
            if (await FillAsync() == 0)
                return false;
        }
    }

    /// <summary>The next message; null: the connection was closed.</summary>
    public async Task<TestFrame?> ReadAsync()
    {
        while (true)
        {
            if (TryParse() is { } frame)
                return frame;
            if (await FillAsync() == 0)
            {
                CountPartialPiece();
                return null;
            }
        }
    }

    /// <summary>The next message of a type, passing over others.</summary>
    public async Task<TestFrame> ReadAsync(MessageType type)
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Type == type)
                return frame;
        }
        Assert.Fail($"The connection was closed before {type}.");
        return null!;
    }

    /// <summary>Reads until the engine closes; answers the messages.</summary>
    public async Task<List<TestFrame>> ReadToEndAsync()
    {
        var frames = new List<TestFrame>();
        while (await ReadAsync() is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>Becomes interested, waits for the unchoke, and gets a range of blocks in windows; checks every byte.</summary>
    public async Task DownloadAsync(TestContent content, IEnumerable<int> pieces, int window = 64)
    {
        await SendAsync(MessageType.Interested);
        await ReadAsync(MessageType.Unchoke);
        await FetchAsync(content, pieces, window);
    }

    public async Task FetchAsync(TestContent content, IEnumerable<int> pieces, int window = 64)
    {
        var todo = new Queue<BlockRequest>(pieces.SelectMany(piece => Blocks(content, piece)));
        var open = new HashSet<BlockRequest>();
        while (todo.Count > 0 || open.Count > 0)
        {
            var ask = new List<BlockRequest>();
            while (open.Count < window && todo.TryDequeue(out BlockRequest next))
            {
                open.Add(next);
                ask.Add(next);
            }
            if (ask.Count > 0)
                await RequestAsync([.. ask]);
            TestFrame frame = await ReadAsync(MessageType.Piece);
            Assert.True(open.Remove(frame.Block), $"{frame.Block} was not asked for.");
            Assert.True(
                content
                    .Piece(frame.Block.Piece)
                    .Slice(frame.Block.OffsetBytes, frame.Block.LengthBytes)
                    .SequenceEqual(frame.Payload),
                "A block came with wrong bytes."
            );
        }
    }

    public static IEnumerable<BlockRequest> Blocks(TestContent content, int piece)
    {
        int size = content.Torrent.PieceSizeBytes(piece);
        for (int at = 0; at < size; at += BlockRequest.StandardBytes)
            yield return new BlockRequest(piece, at, Math.Min(BlockRequest.StandardBytes, size - at));
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Frames(MessageType type, BlockRequest[] blocks)
    {
        var frames = new byte[blocks.Length * WireWriter.RequestBytes];
        for (int i = 0; i < blocks.Length; i++)
            WireWriter.WriteRequest(frames.AsSpan(i * WireWriter.RequestBytes), type, blocks[i]);
        return frames;
    }

    private async Task SendHandshakeAsync(InfoHash infoHash, ReservedBits bits)
    {
        var bytes = new byte[Handshake.LengthBytes];
        new Handshake(infoHash, Id, bits).Write(bytes);
        await SendAsync(bytes);
    }

    private TestFrame? TryParse()
    {
        FrameStatus status = PeerMessage.TryRead(
            _buffer.AsSpan(0, _filled),
            _limits,
            out PeerMessage message,
            out int length,
            out WireError error
        );
        Assert.True(status != FrameStatus.Invalid, $"The engine sent a wrong frame: {error}.");
        if (status == FrameStatus.Incomplete)
            return null;
        var frame = new TestFrame(message.Type, message.Block, message.ExtensionId, message.Payload.ToArray());
        if (frame.Type == MessageType.Piece)
            PayloadRead += frame.Payload.Length;
        Consume(length);
        return frame;
    }

    private void CountPartialPiece()
    {
        if (_filled > WireWriter.PieceHeaderBytes && _buffer[4] == (byte)MessageType.Piece)
            PayloadRead += _filled - WireWriter.PieceHeaderBytes;
    }

    private void Consume(int count)
    {
        _buffer.AsSpan(count, _filled - count).CopyTo(_buffer);
        _filled -= count;
    }

    private async Task<int> FillAsync()
    {
        try
        {
            int count = await _socket.ReceiveAsync(_buffer.AsMemory(_filled)).AsTask().WaitAsync(_patience);
            _filled += count;
            BytesRead += count;
            return count;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
