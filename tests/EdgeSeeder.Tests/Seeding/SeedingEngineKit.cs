using System.Net;
using System.Net.Sockets;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>What every engine must do on the wire; one class derives for each implementation.</summary>
public abstract partial class SeedingEngineKit : IAsyncLifetime
{
    protected const int PieceBytes = 64 * 1024;

    // The last piece is short, and its last block too.
    protected static readonly TestContent Content = new(5 * PieceBytes + 20_000, PieceBytes);

    private protected TestOrigin Origin { get; private set; } = null!;

    private protected abstract EngineFactory Factory { get; }

    private protected virtual EngineTraits Traits => EngineTraits.All;

    public async ValueTask InitializeAsync() => Origin = await TestOrigin.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Origin.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected TestEdge NewEdge(SeedingLimits? limits = null, TimeProvider? clock = null) =>
        new(Origin, Factory, limits, clock: clock);

    private void Needs(EngineTraits traits) =>
        Assert.SkipUnless(Traits.HasFlag(traits), $"This engine lacks {traits}.");

    [Fact]
    public async Task It_greets_with_its_bits_its_extension_handshake_and_have_all()
    {
        bool own = Traits.HasFlag(EngineTraits.OwnGreeting);
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
        Assert.Equal(Content.InfoHash, peer.Theirs.InfoHash);
        ReservedBits needed = ReservedBits.Fast | ReservedBits.Extensions;
        Assert.Equal(needed, own ? peer.Theirs.Reserved : peer.Theirs.Reserved & needed);
        if (own)
            Assert.StartsWith("-DN0100-", System.Text.Encoding.ASCII.GetString(peer.Theirs.PeerId.AsSpan()[..8]));

        // In either order: BEP 6 wants to be right behind the handshake, and nobody minds.
        var frames = new[] { await peer.ReadAsync(), await peer.ReadAsync() };
        TestFrame extended = frames.Single(frame => frame?.Type == MessageType.Extended)!;
        Assert.Contains(frames, frame => frame?.Type == MessageType.HaveAll);
        Assert.True(ExtensionHandshake.TryParse(extended.Payload, out ExtensionHandshake? extensions, out _));
        Assert.Equal(edge.Port, extensions!.ListenPort);
        Assert.Equal(Content.Torrent.Raw.Length, extensions.MetadataSizeBytes);
        Assert.NotEqual(0, extensions.MetadataId);
        if (own)
            Assert.Equal((500, true), (extensions.RequestQueueDepth, extensions.UploadOnly));
    }

    [Fact]
    public async Task A_peer_without_BEP_6_and_BEP_10_gets_a_full_bitfield_first()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content, ReservedBits.None);
        TestFrame? first = await peer.ReadAsync();
        Assert.Equal(MessageType.Bitfield, first!.Type);
        Assert.True(Bitfield.TryParse(first.Payload, Content.Torrent.PieceCount, out Bitfield? have, out _));
        Assert.True(have!.IsFull);
    }

    [Fact]
    public async Task Strangers_are_closed()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        var other = new TestContent(1000, PieceBytes, seed: 9);
        await using TestPeer unknown = await TestPeer.ConnectAsync(edge.Port, other);
        Assert.Empty(await unknown.ReadToEndAsync());
        Assert.Equal(0, unknown.BytesRead);

        using var http = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await http.ConnectAsync(IPAddress.Loopback, edge.Port);
        // Longer than any encrypted handshake, which it might be the start of.
        await http.SendAsync(Encoding.ASCII.GetBytes($"GET /{new string('a', 2000)} HTTP/1.1\r\n\r\n"));
        int answered = 0;
        for (int count; (count = await ReceiveOrZeroAsync(http)) > 0; )
            answered += count;
        // A key of 96 bytes and padding, where encryption is spoken.
        Assert.InRange(answered, 0, 96 + 512);
    }

    [Fact]
    public async Task Both_address_families_reach_it()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.IPv6Loopback, edge.Port);
        var handshake = new byte[Handshake.LengthBytes];
        new Handshake(Content.InfoHash, TestPeer.NewId(), ReservedBits.None).Write(handshake);
        await socket.SendAsync(handshake);
        Assert.True(await ReceiveOrZeroAsync(socket) > 0);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
    }

    [Fact]
    public async Task Metadata_is_answered_whole_before_anything_else_happens()
    {
        // More than one 16 KiB part: 1000 hashes of 20 bytes.
        var large = new TestContent(1000 * 1024, 1024, seed: 3);
        await using TestEdge edge = NewEdge();
        edge.Seed(large);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, large);
        await peer.SendExtensionHandshakeAsync();
        TestFrame greeting = await peer.ReadAsync(MessageType.Extended);
        Assert.True(ExtensionHandshake.TryParse(greeting.Payload, out ExtensionHandshake? extensions, out _));
        byte id = extensions!.MetadataId;
        var metadata = new List<byte>();
        for (int part = 0; metadata.Count < large.Torrent.Raw.Length; part++)
        {
            TestFrame answer = await AskMetadataAsync(peer, id, part);
            Assert.True(MetadataMessage.TryParse(answer.Payload, out MetadataMessage message, out _));
            Assert.Equal(MetadataMessageType.Data, message.Type);
            Assert.Equal(large.Torrent.Raw.Length, message.TotalSizeBytes);
            metadata.AddRange(message.Data);
        }
        Assert.Equal(large.InfoHash, InfoHash.OfInfoDictionary(metadata.ToArray()));

        if (Traits.HasFlag(EngineTraits.Rejects))
        {
            TestFrame beyond = await AskMetadataAsync(peer, id, 2);
            Assert.True(MetadataMessage.TryParse(beyond.Payload, out MetadataMessage reject, out _));
            Assert.Equal(MetadataMessageType.Reject, reject.Type);
        }
        Assert.Equal(0, edge.Counted);
        Assert.True(edge.Engine.Snapshot().Swarms[0].MetadataBytesSent > large.Torrent.Raw.Length);
    }

    [Theory]
    [InlineData(ReservedBits.Fast | ReservedBits.Extensions)]
    [InlineData(ReservedBits.None)]
    public async Task A_peer_gets_every_byte_and_each_is_counted_once(ReservedBits bits)
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content, bits);
        await peer.DownloadAsync(Content, Enumerable.Range(0, Content.Torrent.PieceCount));
        Assert.Equal(Content.Bytes.Length, peer.PayloadRead);

        await edge.Engine.StopAsync();
        await peer.ReadToEndAsync();
        Assert.Equal(Content.Bytes.Length, edge.Counted);
        SwarmSeeding swarm = edge.Engine.Snapshot().Swarms[0];
        Assert.Equal(Content.Bytes.Length, swarm.PayloadBytesSent);
        Assert.Equal(peer.BytesRead, swarm.PayloadBytesSent + swarm.MetadataBytesSent + swarm.OverheadBytesSent);
    }

    [Fact]
    public async Task What_the_sockets_took_before_a_break_in_mid_send_stays_counted_to_the_byte()
    {
        var large = new TestContent(24 << 20, 1 << 20, seed: 4);
        await using TestEdge edge = NewEdge();
        edge.Seed(large);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, large, receiveBufferBytes: 64 * 1024);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        await peer.RequestAsync([.. Enumerable.Range(0, 7).SelectMany(piece => TestPeer.Blocks(large, piece))]);
        await peer.ReadAsync(MessageType.Piece);
        // Nothing is read any more: the engine's send gets stuck somewhere in a block.
        await Wait.UntilStableAsync(() => edge.Counted, atLeast: 1);
        await edge.Engine.StopAsync();
        await peer.ReadToEndAsync();
        Assert.InRange(peer.PayloadRead, 1, 7 << 20);
        Assert.Equal(peer.PayloadRead, edge.Counted);
    }

    [Fact]
    public async Task Requests_out_of_bounds_are_rejected_and_large_blocks_within_them_answered()
    {
        Needs(EngineTraits.Rejects | EngineTraits.LargeBlocks);
        var large = new TestContent(1 << 20, 512 * 1024, seed: 5);
        await using TestEdge edge = NewEdge();
        edge.Seed(large);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, large);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        BlockRequest[] wrong =
        [
            new(0, 0, 0),
            new(0, 0, 128 * 1024 + 1),
            new(0, 512 * 1024, 1),
            new(1, 512 * 1024 - 100, 101),
            new(1, int.MaxValue, int.MaxValue),
        ];
        foreach (BlockRequest request in wrong)
        {
            await peer.RequestAsync(request);
            Assert.Equal(request, (await peer.ReadAsync(MessageType.RejectRequest)).Block);
        }
        var right = new BlockRequest(1, 512 * 1024 - 128 * 1024, 128 * 1024);
        await peer.RequestAsync(right);
        TestFrame answer = await peer.ReadAsync(MessageType.Piece);
        Assert.True(large.Piece(1)[right.OffsetBytes..].SequenceEqual(answer.Payload));

        // Who cannot be told is closed.
        await using TestPeer old = await TestPeer.GreetAsync(edge.Port, large, ReservedBits.None);
        await old.SendAsync(MessageType.Interested);
        await old.ReadAsync(MessageType.Unchoke);
        await old.RequestAsync(wrong[1]);
        Assert.DoesNotContain(await old.ReadToEndAsync(), frame => frame.Type == MessageType.Piece);
    }

    [Fact]
    public async Task A_choked_peer_is_rejected_and_excess_over_the_queue_too()
    {
        Needs(EngineTraits.Rejects);
        await using TestEdge edge = NewEdge(
            new SeedingLimits { RequestQueueDepth = 10, Tick = TimeSpan.FromMilliseconds(20) }
        );
        edge.Seed(Content);
        var gate = new TaskCompletionSource();
        Origin.Gate = gate.Task;
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
        var block = new BlockRequest(0, 0, 16);
        await peer.RequestAsync(block);
        Assert.Equal(block, (await peer.ReadAsync(MessageType.RejectRequest)).Block);

        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        await peer.RequestAsync([.. Enumerable.Range(0, 25).Select(i => new BlockRequest(0, i * 16, 16))]);
        for (int i = 10; i < 25; i++)
            Assert.Equal(i * 16, (await peer.ReadAsync(MessageType.RejectRequest)).Block.OffsetBytes);
        gate.SetResult();
        for (int i = 0; i < 10; i++)
            Assert.Equal(i * 16, (await peer.ReadAsync(MessageType.Piece)).Block.OffsetBytes);
    }

    [Fact]
    public async Task A_cancelled_request_is_rejected_and_not_sent()
    {
        Needs(EngineTraits.Rejects);
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        var gate = new TaskCompletionSource();
        Origin.Gate = gate.Task;
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        BlockRequest[] blocks = [.. TestPeer.Blocks(Content, 1)];
        await peer.RequestAsync(blocks);
        await peer.CancelAsync(blocks[0], blocks[2]);
        Assert.Equal(blocks[0], (await peer.ReadAsync(MessageType.RejectRequest)).Block);
        Assert.Equal(blocks[2], (await peer.ReadAsync(MessageType.RejectRequest)).Block);
        gate.SetResult();
        Assert.Equal(blocks[1], (await peer.ReadAsync(MessageType.Piece)).Block);
        Assert.Equal(blocks[3], (await peer.ReadAsync(MessageType.Piece)).Block);
        await edge.Engine.StopAsync();
        Assert.DoesNotContain(await peer.ReadToEndAsync(), frame => frame.Type == MessageType.Piece);
        Assert.Equal(blocks[1].LengthBytes + blocks[3].LengthBytes, edge.Counted);
    }

    private static async Task<TestFrame> AskMetadataAsync(TestPeer peer, byte id, int part)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new MetadataMessage(MetadataMessageType.Request, part).Write(output);
        await peer.SendExtendedAsync(id, output.WrittenSpan);
        while (true)
        {
            TestFrame frame = await peer.ReadAsync(MessageType.Extended);
            if (frame.ExtensionId == TestPeer.MetadataId)
                return frame;
        }
    }

    private static async Task<int> ReceiveOrZeroAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1024]).WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
