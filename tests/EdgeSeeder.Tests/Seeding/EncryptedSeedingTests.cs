using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Distribution.BitTorrent.Encryption;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>Our own engine's encryption, byte by byte: what real clients make of it is in <c>RealClients</c>.</summary>
public sealed class EncryptedSeedingTests : IAsyncLifetime
{
    private const EncryptionMethod Both = EncryptionMethod.Plaintext | EncryptionMethod.Rc4;

    private static readonly TestContent _content = new((6 << 20) + 4321, 256 * 1024, seed: 41);

    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(
            _origin,
            Engines.Own,
            new SeedingLimits
            {
                Tick = TimeSpan.FromMilliseconds(20),
                RedialDelay = TimeSpan.FromMilliseconds(20),
                KeyExchangesPerSecond = 50,
            }
        );
        _edge.Seed(_content);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Theory]
    [InlineData(EncryptionMethod.Rc4, EncryptionMethod.Rc4, true)]
    [InlineData(EncryptionMethod.Rc4, EncryptionMethod.Rc4, false)]
    [InlineData(Both, EncryptionMethod.Plaintext, true)]
    [InlineData(Both, EncryptionMethod.Plaintext, false)]
    public async Task A_peer_gets_every_byte_and_each_is_counted_once(
        EncryptionMethod offered,
        EncryptionMethod agreed,
        bool withFirstData
    )
    {
        byte[] handshake = HandshakeBytes();
        using EncryptedStream peer = await EncryptedStream.ConnectAsync(
            _edge.Port,
            _content.InfoHash,
            offered,
            withFirstData ? handshake : [],
            mostAtOnce: withFirstData ? 7 : int.MaxValue
        );
        Assert.Equal(agreed, peer.Method);
        if (!withFirstData)
            await peer.SendAsync(handshake);
        await DownloadAsync(peer);
        await _edge.Engine.StopAsync();
        await peer.ReadToEndAsync();
        Assert.Equal(_content.Bytes.Length, _edge.Counted);
        SwarmSeeding swarm = _edge.Engine.Snapshot().Swarms[0];
        Assert.Equal(peer.BytesRead, swarm.PayloadBytesSent + swarm.MetadataBytesSent + swarm.OverheadBytesSent);
    }

    [Fact]
    public async Task What_a_full_socket_did_not_take_is_not_counted_although_it_is_encrypted()
    {
        using EncryptedStream peer = await EncryptedStream.ConnectAsync(
            _edge.Port,
            _content.InfoHash,
            EncryptionMethod.Rc4,
            HandshakeBytes()
        );
        await UnchokeAsync(peer);
        // Nothing is read: the engine's send gets stuck in the middle of a chunk.
        await peer.SendAsync(Requests([.. AllBlocks().Take(380)]));
        await Wait.UntilStableAsync(() => _edge.Counted, atLeast: 1);
        Assert.InRange(_edge.Counted, 1, 380L * BlockRequest.StandardBytes - 1);
        await _edge.Engine.StopAsync();
        await peer.ReadToEndAsync();
        SwarmSeeding swarm = _edge.Engine.Snapshot().Swarms[0];
        Assert.Equal(peer.BytesRead, swarm.PayloadBytesSent + swarm.MetadataBytesSent + swarm.OverheadBytesSent);
        Assert.Equal(swarm.PayloadBytesSent, _edge.Counted);
    }

    [Fact]
    public async Task Who_hangs_up_on_plain_words_is_dialled_again_encrypted()
    {
        using Socket listener = TestPeer.Listen(out IPEndPoint endpoint);
        _edge.Engine.Dial(_content.InfoHash, [endpoint]);
        using (Socket first = await listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(10)))
        {
            var begin = new byte[1];
            await first.ReceiveAsync(begin).WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(19, begin[0]);
        }
        using Socket second = await listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(10));
        using EncryptedStream peer = await EncryptedStream.AcceptAsync(second, _content.InfoHash);
        Assert.Equal(EncryptionMethod.Rc4, peer.Method);
        byte[] theirs = await peer.ReadAsync(Handshake.LengthBytes);
        Assert.Equal(FrameStatus.Complete, Handshake.TryRead(theirs, out Handshake handshake, out _));
        Assert.Equal(_content.InfoHash, handshake.InfoHash);
        await peer.SendAsync(HandshakeBytes());
        await DownloadAsync(peer, greeted: true);
    }

    [Fact]
    public async Task Who_came_encrypted_is_dialled_encrypted_from_the_first_call_on()
    {
        using (
            EncryptedStream peer = await EncryptedStream.ConnectAsync(
                _edge.Port,
                _content.InfoHash,
                EncryptionMethod.Rc4,
                HandshakeBytes()
            )
        )
            await UnchokeAsync(peer);
        await Wait.UntilAsync(() => _edge.Engine.ConnectionCount == 0);
        using Socket listener = TestPeer.Listen(out IPEndPoint endpoint);
        _edge.Engine.Dial(_content.InfoHash, [endpoint]);
        using Socket called = await listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(10));
        using EncryptedStream again = await EncryptedStream.AcceptAsync(called, _content.InfoHash);
        Assert.Equal(EncryptionMethod.Rc4, again.Method);
    }

    [Fact]
    public async Task Who_was_greeted_plainly_is_not_greeted_otherwise_because_it_hangs_up_later()
    {
        using Socket listener = TestPeer.Listen(out IPEndPoint endpoint);
        _edge.Engine.Dial(_content.InfoHash, [endpoint]);
        await using (await TestPeer.AcceptAsync(listener, _content)) { }
        for (int call = 0; call < 2; call++)
        {
            using Socket again = await listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(10));
            var begin = new byte[1];
            await again.ReceiveAsync(begin).WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(19, begin[0]);
        }
    }

    [Fact]
    public async Task Noise_is_closed_after_the_longest_padding_and_hinders_nobody()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _edge.Port);
        await socket.SendAsync(RandomNumberGenerator.GetBytes(4000));
        // Our key and padding, and then the end.
        Assert.InRange(await ReadToEndAsync(socket), 0, KeyExchange.KeyBytes + EncryptionHandshake.MaxPaddingBytes);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
    }

    [Fact]
    public async Task Beyond_the_limit_no_key_is_reckoned_and_plain_peers_come_in()
    {
        int answered = 0;
        for (int i = 0; i < 150; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, _edge.Port);
            var key = new byte[KeyExchange.KeyBytes];
            new KeyExchange().WritePublicKey(key);
            await socket.SendAsync(key);
            socket.Shutdown(SocketShutdown.Send);
            answered += await ReadToEndAsync(socket) > 0 ? 1 : 0;
            if (answered < i + 1)
                break;
        }
        Assert.InRange(answered, 50, 149);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
    }

    private static async Task<long> ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        long total = 0;
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(10))) > 0; )
                total += count;
        }
        catch (SocketException)
        {
            // Reset: it had not read all.
        }
        return total;
    }

    private static byte[] HandshakeBytes()
    {
        var bytes = new byte[Handshake.LengthBytes];
        new Handshake(_content.InfoHash, TestPeer.NewId(), ReservedBits.Fast).Write(bytes);
        return bytes;
    }

    private static IEnumerable<BlockRequest> AllBlocks() =>
        Enumerable.Range(0, _content.Torrent.PieceCount).SelectMany(piece => TestPeer.Blocks(_content, piece));

    private static byte[] Requests(BlockRequest[] blocks)
    {
        var frames = new byte[blocks.Length * WireWriter.RequestBytes];
        for (int i = 0; i < blocks.Length; i++)
            WireWriter.WriteRequest(frames.AsSpan(i * WireWriter.RequestBytes), MessageType.Request, blocks[i]);
        return frames;
    }

    private static async Task UnchokeAsync(EncryptedStream peer, bool greeted = false)
    {
        if (!greeted)
            await peer.ReadAsync(Handshake.LengthBytes);
        var interested = new byte[WireWriter.SignalBytes];
        WireWriter.WriteSignal(interested, MessageType.Interested);
        await peer.SendAsync(interested);
        while ((await peer.ReadMessageAsync(_content)).Type != MessageType.Unchoke) { }
    }

    private static async Task DownloadAsync(EncryptedStream peer, bool greeted = false)
    {
        await UnchokeAsync(peer, greeted);
        foreach (BlockRequest[] blocks in AllBlocks().Chunk(200))
        {
            await peer.SendAsync(Requests(blocks));
            for (int i = 0; i < blocks.Length; )
            {
                TestFrame frame = await peer.ReadMessageAsync(_content);
                if (frame.Type != MessageType.Piece)
                    continue;
                Assert.Equal(blocks[i], frame.Block);
                Assert.True(
                    _content
                        .Piece(frame.Block.Piece)
                        .Slice(frame.Block.OffsetBytes, frame.Block.LengthBytes)
                        .SequenceEqual(frame.Payload),
                    "A block came with wrong bytes."
                );
                i++;
            }
        }
    }
}
