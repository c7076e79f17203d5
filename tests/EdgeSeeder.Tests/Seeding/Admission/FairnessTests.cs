using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding.Admission;

public sealed class FairnessTests
{
    private static readonly TestContent Content = new(1 << 20, 64 * 1024);

    [Fact]
    public void Fifty_connections_of_one_address_get_no_more_than_one_of_another()
    {
        using var loop = new HandLoop(Content, new SeedingLimits());
        ScriptedLink[] links = [.. Enumerable.Range(0, 60).Select(_ => new ScriptedLink())];
        PeerConnection[] peers =
        [
            .. links.Select((link, i) => loop.Connect(link, i < 50 ? "198.51.100.9" : $"192.0.2.{i}")),
        ];
        for (int round = 0; round < 400; round++)
        {
            for (int i = 0; i < peers.Length; i++)
            {
                if (peers[i].Snapshot().QueuedRequests > 128)
                    continue;
                links[i].Put(HandLoop.Requests(128));
                peers[i].CanRead = true;
                peers[i].Unthrottle();
            }
            loop.Turn();
        }
        long crowd = peers.Take(50).Sum(peer => peer.Snapshot().PayloadBytesSent);
        long[] others = [.. peers.Skip(50).Select(peer => peer.Snapshot().PayloadBytesSent)];
        Assert.InRange(crowd, 1, others.Min() * 1.1);
        Assert.True(others.Min() > others.Max() * 0.9);
    }

    [Fact]
    public void Who_only_talks_is_held_back_and_is_heard_again_later()
    {
        using var loop = new HandLoop(Content, new SeedingLimits { MessagesPerSecond = 100 });
        var link = new ScriptedLink();
        PeerConnection peer = loop.Connect(link, "192.0.2.1");
        // Keep-alives.
        link.Put(new byte[1 << 20]);
        for (int i = 0; i < 50; i++)
            loop.Tell(peer);
        long heard = link.BytesReceived;
        Assert.InRange(heard, 4 * 400, 2 * PeerConnection.ReceiveBytes);
        Assert.False(link.IsClosed);
        loop.Clock.Advance(TimeSpan.FromMinutes(1));
        loop.Tick();
        loop.Turn();
        Assert.True(link.BytesReceived > heard);
    }

    [Fact]
    public void Who_takes_a_byte_now_and_then_is_closed_and_who_takes_blocks_slowly_is_not()
    {
        using var loop = new HandLoop(
            Content,
            new SeedingLimits { StallTimeout = TimeSpan.FromSeconds(60), IdleTimeout = TimeSpan.FromHours(1) }
        );
        var loris = new ScriptedLink();
        var slow = new ScriptedLink();
        PeerConnection[] peers = [loop.Connect(loris, "192.0.2.1"), loop.Connect(slow, "192.0.2.2")];
        loris.Room = slow.Room = 0;
        foreach ((PeerConnection peer, ScriptedLink link) in peers.Zip([loris, slow]))
        {
            link.Put(HandLoop.Requests(400));
            loop.Tell(peer);
        }
        for (int second = 0; second < 200 && !loris.IsClosed; second++)
        {
            loris.Room = 1;
            slow.Room = 1024;
            loop.Tell(peers[0]);
            loop.Tell(peers[1]);
            loop.Clock.Advance(TimeSpan.FromSeconds(1));
            loop.Tick();
        }
        Assert.True(loris.IsClosed);
        Assert.False(slow.IsClosed);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(100, 1)]
    public void A_loop_with_many_peers_is_not_woken_for_each_of_them_alone(int peers, int rests)
    {
        using var loop = new HandLoop(Content, new SeedingLimits());
        for (int i = 0; i < peers; i++)
            loop.Connect(new ScriptedLink(), $"192.0.2.{i}");
        loop.Turn();
        loop.TurnAndSleep();
        Assert.Equal(rests, loop.Rests);
        // It has let a millisecond pass already.
        loop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        loop.TurnAndSleep();
        Assert.Equal(rests, loop.Rests);
    }

    [Fact]
    public void A_long_frame_that_comes_byte_by_byte_is_read_once_it_is_whole()
    {
        using var loop = new HandLoop(Content, new SeedingLimits());
        var link = new ScriptedLink();
        PeerConnection peer = loop.Connect(link, "192.0.2.1");
        var frame = new System.Buffers.ArrayBufferWriter<byte>();
        WireWriter.WriteExtended(frame, 99, new byte[9000]);
        byte[] bytes = [.. frame.WrittenSpan, .. HandLoop.Requests(1)];
        foreach (byte[] part in bytes.Chunk(7))
        {
            link.Put(part);
            loop.Tell(peer);
        }
        loop.Turn();
        Assert.Equal(BlockRequest.StandardBytes, peer.Snapshot().PayloadBytesSent);
        Assert.False(link.IsClosed);
    }

    [Fact]
    public void The_less_useful_is_of_a_crowded_address_then_wants_nothing_then_is_not_preferred()
    {
        Usefulness[] order = [new(5, true, 9), new(2, false, 9), new(2, true, 1), new(2, true, 2), new(1, false, 0)];
        Assert.Equal(order, order.Reverse().Order());
    }
}
