using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

public sealed class OwnEngineTests : SeedingEngineKit
{
    private protected override EngineFactory Factory => Engines.Own;

    [Fact]
    public async Task A_peer_that_waits_for_a_slot_may_have_its_allowed_pieces_once()
    {
        await using TestEdge edge = NewEdge(
            new SeedingLimits { MaxUnchoked = 1, Tick = TimeSpan.FromMilliseconds(20) }
        );
        edge.Seed(Content);
        await using TestPeer served = await TestPeer.GreetAsync(edge.Port, Content);
        await served.SendAsync(MessageType.Interested);
        await served.ReadAsync(MessageType.Unchoke);
        await using TestPeer waiting = await TestPeer.GreetAsync(edge.Port, Content);
        await waiting.SendAsync(MessageType.Interested);
        int piece = (await waiting.ReadAsync(MessageType.AllowedFast)).Block.Piece;
        BlockRequest[] blocks = [.. TestPeer.Blocks(Content, piece)];
        await waiting.RequestAsync([.. blocks, .. blocks]);
        var sent = new List<BlockRequest>();
        var rejected = new List<BlockRequest>();
        while (sent.Count + rejected.Count < 2 * blocks.Length && await waiting.ReadAsync() is { } frame)
        {
            if (frame.Type is MessageType.Piece or MessageType.RejectRequest)
                (frame.Type == MessageType.Piece ? sent : rejected).Add(frame.Block);
        }
        Assert.Equal(blocks, sent);
        Assert.Equal(blocks, rejected);
    }

    [Fact]
    public async Task The_oldest_connections_that_say_nothing_make_room()
    {
        await using TestEdge edge = NewEdge(new SeedingLimits { MaxUngreeted = 8, Threads = 1 });
        edge.Seed(Content);
        var mute = new List<Socket>();
        for (int i = 0; i < 40; i++)
        {
            mute.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await mute[i].ConnectAsync(IPAddress.Loopback, edge.Port);
        }
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
        await peer.DownloadAsync(Content, [0, 1]);
        // 32 of 40 were closed, and one more for the peer's sake.
        Assert.Equal(0, await mute[31].ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(10)));
        mute.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task When_all_places_are_taken_a_crowded_address_gives_one_up()
    {
        await using TestEdge edge = NewEdge(
            new SeedingLimits
            {
                MaxConnections = 6,
                Threads = 1,
                Tick = TimeSpan.FromMilliseconds(20),
            }
        );
        edge.Seed(Content);
        var crowd = new List<TestPeer>();
        for (int i = 0; i < 6; i++)
            crowd.Add(await TestPeer.GreetAsync(edge.Port, Content));
        Task<PeerEvent> crowded = edge.WhenAsync(seen => seen.Reason == CloseReason.Crowded);
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await other.ConnectAsync(IPAddress.Loopback, edge.Port);
        var handshake = new byte[Handshake.LengthBytes];
        new Handshake(Content.InfoHash, TestPeer.NewId(), ReservedBits.Fast).Write(handshake);
        await other.SendAsync(handshake);
        Assert.True(await other.ReceiveAsync(handshake).WaitAsync(TimeSpan.FromSeconds(10)) > 0);
        Assert.Equal(IPAddress.Loopback, (await crowded).Remote.Address);
        foreach (TestPeer peer in crowd)
            await peer.DisposeAsync();
    }

    [Fact]
    public async Task Peers_of_different_threads_share_the_slots_and_every_byte_is_counted()
    {
        await using TestEdge edge = NewEdge(
            new SeedingLimits
            {
                Threads = 4,
                MaxUnchoked = 1,
                Tick = TimeSpan.FromMilliseconds(20),
            }
        );
        edge.Seed(Content);
        var peers = new List<TestPeer>();
        for (byte i = 1; i <= 8; i++)
        {
            peers.Add(await TestPeer.ConnectAsync(edge.Port, Content, from: new IPAddress([127, 0, 0, i])));
            await peers[^1].ReadHandshakeAsync();
        }
        await Task.WhenAll(
            peers.Select(async peer =>
            {
                await peer.DownloadAsync(Content, [0, 1]);
                // The next one's turn.
                await peer.SendAsync(MessageType.NotInterested);
            })
        );
        await edge.Engine.StopAsync();
        Assert.Equal(peers.Sum(peer => peer.PayloadRead), edge.Counted);
        foreach (TestPeer peer in peers)
            await peer.DisposeAsync();
    }

    [Fact]
    public async Task It_serves_over_IPv6_too()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.IPv6Loopback, edge.Port);
        var handshake = new byte[Handshake.LengthBytes];
        new Handshake(Content.InfoHash, TestPeer.NewId(), ReservedBits.None).Write(handshake);
        await socket.SendAsync(handshake);
        await Wait.UntilAsync(() => edge.Engine.ConnectionCount == 1);
        Assert.Equal(IPAddress.IPv6Loopback, edge.Engine.Snapshot().Swarms[0].Peers[0].Remote.Address);
    }
}
