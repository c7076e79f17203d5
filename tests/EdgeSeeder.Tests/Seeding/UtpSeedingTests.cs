using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Distribution.BitTorrent.Magnets;
using Distribution.BitTorrent.Utp;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;
using Distribution.EdgeSeeder.Tests.RealClients;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>The engine over uTP: our own end of it, and libtorrent's with TCP switched off.</summary>
public sealed class UtpSeedingTests : IAsyncLifetime
{
    private static readonly TestContent _content = new((1 << 20) + 12_345, 64 * 1024, seed: 21);

    private static readonly TestContent _large = new((12 << 20) + 345, 256 * 1024, seed: 22);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-utp-").FullName;
    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "uTP is on Linux alone.");
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(
            _origin,
            Engines.Own,
            new SeedingLimits
            {
                AcceptUtp = true,
                AuditBytesPerSecond = 0,
                Tick = TimeSpan.FromMilliseconds(20),
            }
        );
        _edge.Seed(_content);
    }

    public async ValueTask DisposeAsync()
    {
        if (_edge is not null)
            await _edge.DisposeAsync();
        if (_origin is not null)
            await _origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_viewer_gets_every_byte_and_each_is_counted_once_however_often_it_was_sent(bool withLoss)
    {
        using var viewer = new UtpClient(_edge.Port, loss: withLoss ? new Random(4) : null);
        await DownloadAsync(viewer);
        Assert.Equal(_content.Bytes.Length, _edge.Counted);
        SwarmSeeding swarm = _edge.Engine.Snapshot().Swarms[0];
        // What went twice, headers and acknowledgements are overhead.
        Assert.True(swarm.OverheadBytesSent > _content.Bytes.Length / 100);
        await _edge.Engine.StopAsync();
        Assert.Equal(_content.Bytes.Length, _edge.Counted);
    }

    [Fact]
    public async Task What_is_no_uTP_or_only_asks_takes_no_place()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var edge = new IPEndPoint(IPAddress.Loopback, _edge.Port);
        for (int i = 0; i < 2000; i++)
        {
            socket.SendTo(RandomNumberGenerator.GetBytes(1 + i % 1500), edge);
            var syn = new byte[UtpHeader.LengthBytes];
            new UtpHeader(UtpPacketType.Syn, (ushort)(2 * i), 1, 0, 1 << 20, 1, 0).Write(syn);
            socket.SendTo(syn, edge);
        }
        using var viewer = new UtpClient(_edge.Port);
        // They wait to be confirmed, as this one does; who comes by TCP does not notice.
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
        Assert.Equal(1, _edge.Engine.ConnectionCount);
    }

    [Fact]
    public async Task Libtorrent_gets_it_with_TCP_switched_off()
    {
        // So much that packets are lost: its socket has little room.
        _edge.Seed(_large);
        string magnet = new MagnetLink { InfoHash = _large.InfoHash }.ToString();
        await using ClientProcess client = await LibtorrentProcess.StartAsync(
            magnet,
            _folder,
            _edge.Port,
            "'enable_outgoing_tcp': False, 'enable_incoming_tcp': False, 'enable_outgoing_utp': True,"
        );
        await LibtorrentProcess.FinishedAsync(client, TimeSpan.FromSeconds(60));
        byte[] got = await File.ReadAllBytesAsync(Path.Combine(_folder, TestContent.Name));
        Assert.True(_large.Bytes.AsSpan().SequenceEqual(got));
        // What it asks for twice at the end is sent twice.
        Assert.InRange(_edge.Counted, _large.Bytes.Length, _large.Bytes.Length + (1 << 20));
    }

    private static async Task DownloadAsync(UtpClient viewer)
    {
        var greeting = new byte[Handshake.LengthBytes + WireWriter.SignalBytes];
        new Handshake(_content.InfoHash, TestPeer.NewId(), ReservedBits.Fast).Write(greeting);
        WireWriter.WriteSignal(greeting.AsSpan(Handshake.LengthBytes), MessageType.Interested);
        await viewer.SendAsync(greeting);
        await viewer.ReadAsync(Handshake.LengthBytes);
        int received = 0;
        var asked = new Queue<BlockRequest>(Blocks());
        while (received < _content.Bytes.Length)
        {
            byte[] frame = await viewer.ReadAsync(BinaryPrimitives.ReadInt32BigEndian(await viewer.ReadAsync(4)));
            var type = (MessageType)frame[0];
            int more = type == MessageType.Unchoke ? 16 : 0;
            if (type == MessageType.Piece)
            {
                int piece = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1));
                int offset = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(5));
                Assert.True(
                    frame.AsSpan(9).SequenceEqual(_content.Bytes.AsSpan(piece * 64 * 1024 + offset, frame.Length - 9))
                );
                received += frame.Length - 9;
                more = 1;
            }
            for (; more > 0 && asked.TryDequeue(out BlockRequest next); more--)
            {
                var request = new byte[WireWriter.RequestBytes];
                WireWriter.WriteRequest(request, MessageType.Request, next);
                await viewer.SendAsync(request);
            }
        }
    }

    private static IEnumerable<BlockRequest> Blocks()
    {
        for (int piece = 0; piece < _content.Torrent.PieceCount; piece++)
        {
            int size = _content.Torrent.PieceSizeBytes(piece);
            for (int offset = 0; offset < size; offset += BlockRequest.StandardBytes)
                yield return new BlockRequest(piece, offset, Math.Min(BlockRequest.StandardBytes, size - offset));
        }
    }
}
