using Distribution.BitTorrent.Utp;

namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>Connections over a network in virtual time, whose faults are drawn from a seed.</summary>
public sealed class UtpConnectionTests
{
    private const long Second = 1_000_000;
    private const int Megabyte = 1_000_000;

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.02, 0, 0)]
    [InlineData(0, 0.05, 0)]
    [InlineData(0, 0, 0.1)]
    [InlineData(0.05, 0.05, 0.05)]
    [InlineData(0.1, 0.1, 0.2)]
    public void Every_byte_arrives_once_and_in_order_and_both_sides_end(
        double loss,
        double duplication,
        double reordering
    )
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            var faults = new PathFaults
            {
                Loss = loss,
                Duplication = duplication,
                Reordering = reordering,
            };
            var net = new UtpNet(seed, faults, bytesPerSecond: 2 * Megabyte, delay: 20_000, queueBytes: 100_000);
            net.Server.ToSay = Bytes(seed, 400_000);
            net.Client.ToSay = Bytes(seed + 100, 30_000);
            net.Run(400 * Second);
            Assert.Equal(net.Server.ToSay, net.Client.Heard.ToArray());
            Assert.Equal(net.Client.ToSay, net.Server.Heard.ToArray());
            Assert.Equal(net.Server.ToSay.Length, net.Server.FirstSent);
            Assert.Equal(net.Client.ToSay.Length, net.Client.FirstSent);
            // Where packets are lost the very last answer may be too: then a side waits until it gives up.
            if (loss == 0)
                Assert.Equal(UtpEnd.Closed, net.Server.Connection!.End);
            Assert.NotEqual(UtpEnd.None, net.Server.Connection!.End);
            Assert.NotEqual(UtpEnd.None, net.Client.Connection!.End);
        }
    }

    [Fact]
    public void A_path_without_faults_carries_each_packet_once_and_is_filled()
    {
        var net = new UtpNet(1, new PathFaults(), 2 * Megabyte, 20_000, 700_000);
        net.Server.ToSay = Bytes(1, 6 * Megabyte);
        long began = net.Time.Now;
        net.Run(60 * Second, () => net.Client.Heard.Length == net.Server.ToSay.Length);
        double rate = net.Client.Heard.Length / ((net.Time.Now - began) / 1e6);
        Assert.Equal(net.Server.ToSay, net.Client.Heard.ToArray());
        Assert.InRange(rate, 1.6 * Megabyte, 2.0 * Megabyte);
        int payload = UtpLimits.IPv4PacketBytes - UtpHeader.LengthBytes;
        Assert.InRange(net.Server.Packets, 6 * Megabyte / payload, 6 * Megabyte / payload * 1.02 + 20);
    }

    [Fact]
    public void It_keeps_its_own_queueing_near_the_target()
    {
        // A queue of two seconds: a sender that goes by losses would fill it.
        var net = new UtpNet(2, new PathFaults(), Megabyte, 30_000, 2 * Megabyte);
        net.Server.ToSay = Bytes(2, 15 * Megabyte);
        net.Run(net.Time.Now + 8 * Second);
        var seen = new List<double>();
        for (int i = 0; i < 40; i++)
        {
            net.Run(net.Time.Now + Second / 10);
            seen.Add(net.Server.Connection!.QueueingMicroseconds);
        }
        Assert.InRange(seen.Average(), 50_000, 140_000);
        Assert.InRange(seen.Max(), 0, 250_000);
    }

    [Fact]
    public void It_yields_to_a_flow_that_goes_by_losses_and_takes_the_path_back_after_it()
    {
        var net = new UtpNet(3, new PathFaults(), Megabyte, 30_000, 300_000);
        net.Server.ToSay = Bytes(3, 100 * Megabyte);
        net.Run(net.Time.Now + 5 * Second);
        var rival = new LossBasedFlow(net.Time, net.Down, 30_000);
        rival.Start();
        // It grows by a packet a round trip.
        net.Run(net.Time.Now + 30 * Second);

        (long ours, long theirs) = (net.Client.Heard.Length, rival.Received);
        net.Run(net.Time.Now + 20 * Second);
        (ours, theirs) = (net.Client.Heard.Length - ours, rival.Received - theirs);
        // 20 MB pass in that time.
        Assert.InRange(theirs, 15L * Megabyte, 20L * Megabyte);
        Assert.InRange(ours, 0, 3L * Megabyte);
        Assert.InRange((ours + theirs) / 20e6, 0.85, 1.0);

        rival.Stop();
        net.Run(net.Time.Now + 10 * Second);
        ours = net.Client.Heard.Length;
        net.Run(net.Time.Now + 10 * Second);
        Assert.InRange(net.Client.Heard.Length - ours, 8L * Megabyte, 10L * Megabyte);
    }

    [Fact]
    public void A_lost_packet_is_sent_again_without_waiting_for_the_clock()
    {
        var net = new UtpNet(4, new PathFaults(), 2 * Megabyte, 20_000, 400_000) { LoseDown = count => count == 60 };
        net.Server.ToSay = Bytes(4, Megabyte);
        long began = net.Time.Now;
        net.Run(60 * Second, () => net.Client.Heard.Length == net.Server.ToSay.Length);
        Assert.Equal(net.Server.ToSay, net.Client.Heard.ToArray());
        // A time-out alone would be half a second.
        Assert.InRange(net.Time.Now - began, 0, 1.1 * Second);
    }

    [Fact]
    public void A_side_that_hears_nothing_backs_off_and_gives_up()
    {
        var net = new UtpNet(5, new PathFaults(), 2 * Megabyte, 20_000, 400_000);
        net.Server.ToSay = Bytes(5, 10 * Megabyte);
        net.Run(net.Time.Now + 2 * Second);
        int before = net.Server.Packets;
        Assert.True(net.Server.Connection!.IsConnected);
        long began = net.Time.Now;
        net.LoseDown = _ => true;
        net.LoseUp = _ => true;
        net.Run(net.Time.Now + 300 * Second, () => net.Server.Connection!.End != UtpEnd.None);
        Assert.Equal(UtpEnd.TimedOut, net.Server.Connection.End);
        Assert.InRange(net.Time.Now - began, 10 * Second, 120 * Second);
        // What was under way, and then one for each time-out.
        Assert.InRange(net.Server.Packets - before, 5, 400);
    }

    [Fact]
    public void A_reader_that_stops_shuts_its_window_and_opens_it_again()
    {
        var net = new UtpNet(6, new PathFaults(), 2 * Megabyte, 20_000, 400_000, receiveWindow: 64 * 1024);
        net.Server.ToSay = Bytes(6, Megabyte);
        net.Client.Reads = false;
        net.Run(net.Time.Now + 45 * Second);
        Assert.InRange(net.Client.Connection!.ReadableBytes, 1, 64 * 1024);
        Assert.InRange(net.Server.FirstSent, 1, 80 * 1024);
        Assert.True(net.Server.Connection!.IsConnected);
        net.Client.Reads = true;
        net.Client.Pump();
        net.Run(net.Time.Now + 30 * Second, () => net.Client.Heard.Length == net.Server.ToSay.Length);
        Assert.Equal(net.Server.ToSay, net.Client.Heard.ToArray());
    }

    [Fact]
    public void Silence_is_broken_before_a_router_forgets_the_connection()
    {
        var net = new UtpNet(7, new PathFaults(), 2 * Megabyte, 20_000, 400_000);
        net.Run(net.Time.Now + 100 * Second);
        Assert.True(net.Server.Connection!.IsConnected && net.Client.Connection!.IsConnected);
        Assert.InRange(net.Server.Packets, 3, 8);
    }

    [Fact]
    public void Numbers_that_answer_nothing_change_nothing_and_a_reset_must_fit()
    {
        var syn = new UtpHeader(UtpPacketType.Syn, 10, 1, 0, 50_000, 1, 0);
        UtpConnection connection = UtpConnection.Accept(syn, new UtpLimits(), 1000);
        var packets = new List<ReadOnlyMemory<byte>>();
        connection.Collect(packets, 10, 1000);
        Assert.Single(packets);
        Assert.True(UtpHeader.TryRead(packets[0].Span, out UtpHeader state, out _, out _));
        Assert.Equal((UtpPacketType.State, 10, 1), (state.Type, state.ConnectionId, state.Acknowledged));
        connection.Commit(1, 1000);
        var guess = new UtpHeader(UtpPacketType.Reset, 11, 1, 0, 50_000, 2, (ushort)(state.Sequence + 1000));
        connection.Receive(guess, [], [], 2000);
        connection.Receive(guess with { Type = UtpPacketType.Data }, [], new byte[100], 2000);
        Assert.Equal(UtpEnd.None, connection.End);
        Assert.Equal(0, connection.ReadableBytes);
        // Nothing is written before the other side has shown that its address is its own.
        Assert.Equal(0, connection.Write(new byte[5000]));
        var first = guess with { Type = UtpPacketType.Data, Acknowledged = (ushort)(state.Sequence - 1) };
        connection.Receive(first, [], new byte[100], 2000);
        Assert.Equal(100, connection.ReadableBytes);
        Assert.Equal(5000, connection.Write(new byte[5000]));
        connection.Receive(guess with { Acknowledged = (ushort)(state.Sequence - 1) }, [], [], 2000);
        Assert.Equal(UtpEnd.Reset, connection.End);
        connection.Free();
    }

    [Fact]
    public void Hostile_packets_never_throw_and_hold_the_bounds()
    {
        var random = new Random(8);
        for (int round = 0; round < 200; round++)
        {
            var syn = new UtpHeader(UtpPacketType.Syn, 10, 1, 0, (uint)random.Next(1 << 20), (ushort)random.Next(), 0);
            UtpConnection connection = UtpConnection.Accept(syn, new UtpLimits(), 1000);
            var packets = new List<ReadOnlyMemory<byte>>();
            connection.Collect(packets, 1, 1000);
            UtpHeader.TryRead(packets[0].Span, out UtpHeader state, out _, out _);
            connection.Commit(1, 1000);
            long now = 1000;
            for (int step = 0; step < 100 && connection.End == UtpEnd.None; step++)
            {
                now += random.Next(200_000);
                connection.Write(new byte[random.Next(20_000)]);
                packets.Clear();
                connection.Collect(packets, 64, now);
                Assert.InRange(packets.Count, 0, 64);
                connection.Commit(random.Next(packets.Count + 1), now);
                var selective = new byte[random.Next(9) * 4];
                random.NextBytes(selective);
                var header = new UtpHeader(
                    (UtpPacketType)(random.Next(50) == 0 ? 3 : random.Next(3)),
                    11,
                    (uint)random.Next(),
                    (uint)random.Next(),
                    (uint)random.Next(),
                    (ushort)(syn.Sequence + random.Next(300)),
                    (ushort)(state.Sequence - 3 + random.Next(40))
                );
                connection.Receive(header, selective, new byte[random.Next(1400)], now);
                if (random.Next(3) == 0)
                    connection.Read(new byte[random.Next(5000)]);
                connection.CheckTimes(now);
                Assert.InRange(connection.ReadableBytes, 0, 64 * 1024);
                Assert.InRange(connection.BytesUnderWay, 0, 512 * 1024);
                Assert.InRange(connection.UnsentBytes, 0, 512 * 1024);
            }
            connection.Free();
        }
    }

    internal static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
