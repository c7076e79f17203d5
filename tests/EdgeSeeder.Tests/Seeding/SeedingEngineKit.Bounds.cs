using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

// Whom it keeps, for how long, and how much it gives.
public abstract partial class SeedingEngineKit
{
    [Fact]
    public async Task Without_audits_it_asks_a_peer_for_nothing_whatever_that_has()
    {
        await using TestEdge edge = NewEdge(
            new SeedingLimits { Tick = TimeSpan.FromMilliseconds(20), AuditBytesPerSecond = 0 }
        );
        edge.Seed(Content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
        await peer.SendAsync(MessageType.HaveAll);
        await peer.SendAsync(MessageType.Unchoke);
        await peer.DownloadAsync(Content, [0]);
        await edge.Engine.StopAsync();
        Assert.DoesNotContain(
            await peer.ReadToEndAsync(),
            frame => frame.Type is MessageType.Request or MessageType.Interested
        );
    }

    [Fact]
    public async Task Data_that_nobody_asked_for_close_the_connection()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content);
        await peer.SendAsync(Convert.FromHexString("0000000A070000000000000000FF"));
        await peer.ReadToEndAsync();
    }

    [Fact]
    public async Task The_same_peer_is_not_taken_twice()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        PeerId id = TestPeer.NewId();
        await using TestPeer first = await TestPeer.GreetAsync(edge.Port, Content, id: id);
        await using TestPeer second = await TestPeer.ConnectAsync(edge.Port, Content, id: id);
        Assert.Empty(await second.ReadToEndAsync());
        await first.DownloadAsync(Content, [0]);
        Assert.Equal(1, edge.Engine.ConnectionCount);
    }

    [Fact]
    public async Task No_address_has_more_than_its_connections()
    {
        await using TestEdge edge = NewEdge(new SeedingLimits { MaxConnectionsPerAddress = 2 });
        edge.Seed(Content);
        await using TestPeer first = await TestPeer.GreetAsync(edge.Port, Content);
        await using TestPeer second = await TestPeer.GreetAsync(edge.Port, Content);
        await using TestPeer third = await TestPeer.ConnectAsync(edge.Port, Content);
        Assert.Empty(await third.ReadToEndAsync());
        Task<PeerEvent> closed = edge.WhenAsync(PeerChange.Closed);
        await first.DisposeAsync();
        await closed;
        await Wait.UntilAsync(async () =>
        {
            await using TestPeer fourth = await TestPeer.ConnectAsync(edge.Port, Content);
            return await fourth.TryReadHandshakeAsync();
        });
    }

    [Fact]
    public async Task A_removed_swarm_is_closed_and_the_others_go_on()
    {
        var other = new TestContent(PieceBytes, PieceBytes, seed: 6);
        await using TestEdge edge = NewEdge();
        edge.Seed(Content);
        edge.Seed(other);
        await using TestPeer here = await TestPeer.GreetAsync(edge.Port, Content);
        await using TestPeer there = await TestPeer.GreetAsync(edge.Port, other);
        Assert.True(edge.Engine.Remove(Content.InfoHash));
        Assert.False(edge.Engine.Remove(Content.InfoHash));
        await here.ReadToEndAsync();
        await there.DownloadAsync(other, [0]);
        await using TestPeer late = await TestPeer.ConnectAsync(edge.Port, Content);
        Assert.Empty(await late.ReadToEndAsync());
    }

    [Fact]
    public async Task More_peers_than_slots_take_turns()
    {
        Needs(EngineTraits.UnchokeTurns);
        await using TestEdge edge = NewEdge(
            new SeedingLimits
            {
                MaxUnchoked = 1,
                UnchokeTerm = TimeSpan.FromMilliseconds(200),
                Tick = TimeSpan.FromMilliseconds(20),
            }
        );
        edge.Seed(Content);
        await using TestPeer first = await TestPeer.GreetAsync(edge.Port, Content);
        await using TestPeer second = await TestPeer.GreetAsync(edge.Port, Content);
        await first.SendAsync(MessageType.Interested);
        await first.ReadAsync(MessageType.Unchoke);
        await second.SendAsync(MessageType.Interested);
        await first.ReadAsync(MessageType.Choke);
        await second.ReadAsync(MessageType.Unchoke);
        await second.SendAsync(MessageType.NotInterested);
        await first.ReadAsync(MessageType.Unchoke);
    }

    [Fact]
    public async Task The_node_keeps_its_upload_limit_and_a_new_one_holds_at_once()
    {
        var large = new TestContent(2 << 20, 1 << 20, seed: 7);
        await using TestEdge edge = NewEdge();
        edge.Seed(large);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, large);
        await peer.DownloadAsync(large, [0]);
        edge.Engine.UploadLimitBytesPerSecond = 1 << 20;
        long started = TimeProvider.System.GetTimestamp();
        await peer.FetchAsync(large, [1]);
        // A tenth of a second may be ahead.
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.8, 8);

        edge.Engine.UploadLimitBytesPerSecond = 1000;
        Task fetching = peer.FetchAsync(large, [0]);
        await Wait.UntilAsync(() => edge.Engine.Snapshot().Swarms[0].Peers[0].QueuedRequests > 0);
        edge.Engine.UploadLimitBytesPerSecond = 0;
        await fetching;
    }

    [Fact]
    public async Task A_peer_that_resets_the_connection_takes_no_more_off_the_count_than_it_ever_adds()
    {
        var large = new TestContent(24 << 20, 1 << 20, seed: 4);
        await using TestEdge edge = NewEdge();
        edge.Seed(large);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, large, receiveBufferBytes: 64 * 1024);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        await peer.RequestAsync([.. Enumerable.Range(0, 7).SelectMany(piece => TestPeer.Blocks(large, piece))]);
        await peer.ReadAsync(MessageType.Piece);
        await Wait.UntilStableAsync(() => edge.Counted, atLeast: 1);
        long counted = edge.Counted;
        Task<PeerEvent> closed = edge.WhenAsync(PeerChange.Closed);
        peer.Socket.LingerState = new LingerOption(true, 0);
        await peer.DisposeAsync();
        Assert.Equal(CloseReason.ByPeer, (await closed).Reason);
        Assert.Equal(counted, edge.Counted);
    }

    [Fact]
    public async Task Who_says_nothing_takes_nothing_or_only_connects_is_closed_in_time()
    {
        await using TestEdge edge = NewEdge(
            new SeedingLimits
            {
                HandshakeTimeout = TimeSpan.FromMilliseconds(200),
                IdleTimeout = TimeSpan.FromSeconds(2),
                StallTimeout = TimeSpan.FromMilliseconds(500),
                KeepAliveInterval = TimeSpan.FromMilliseconds(100),
                Tick = TimeSpan.FromMilliseconds(20),
            }
        );
        var large = new TestContent(24 << 20, 1 << 20, seed: 4);
        edge.Seed(large);
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await mute.ConnectAsync(IPAddress.Loopback, edge.Port);
        Assert.Equal(0, await ReceiveOrZeroAsync(mute));

        Task<PeerEvent> idle = edge.WhenAsync(seen => seen.Reason == CloseReason.Idle);
        await using TestPeer silent = await TestPeer.GreetAsync(edge.Port, large);
        if (Traits.HasFlag(EngineTraits.KeepAliveTime))
            Assert.Equal(MessageType.KeepAlive, (await silent.ReadAsync(MessageType.KeepAlive)).Type);
        await idle;

        Task<PeerEvent> stalled = edge.WhenAsync(seen => seen.Reason == CloseReason.Stalled);
        await using TestPeer stuck = await TestPeer.GreetAsync(edge.Port, large, receiveBufferBytes: 64 * 1024);
        await stuck.SendAsync(MessageType.Interested);
        await stuck.ReadAsync(MessageType.Unchoke);
        await stuck.RequestAsync([.. Enumerable.Range(0, 7).SelectMany(piece => TestPeer.Blocks(large, piece))]);
        await stalled;
    }
}
