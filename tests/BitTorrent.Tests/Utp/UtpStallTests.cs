using Distribution.BitTorrent.Utp;

namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>What could make a transfer stand still though both sides and the way between them could go on.</summary>
public sealed class UtpStallTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void A_packet_that_knocked_at_a_shut_window_goes_as_soon_as_it_opens()
    {
        const int window = 64 * 1024;
        var net = new UtpNet(11, new PathFaults(), 2_000_000, 20_000, 400_000, receiveWindow: window);
        // All but less than a packet has room: nothing comes behind it that would show it to be lost.
        net.Server.ToSay = UtpConnectionTests.Bytes(11, window + 500);
        net.Server.Stays = true;
        net.Client.Reads = false;
        // The time-outs have grown to half a minute by then.
        net.Run(net.Time.Now + 100 * Second);
        Assert.True(net.Server.Connection!.IsConnected);
        long began = net.Time.Now;
        net.Client.Reads = true;
        net.Client.Pump();
        net.Run(net.Time.Now + 40 * Second, () => net.Client.Heard.Length == net.Server.ToSay.Length);
        Assert.InRange(net.Time.Now - began, 0, Second / 2);
        Assert.Equal(net.Server.ToSay, net.Client.Heard.ToArray());
    }

    [Fact]
    public void Early_packets_leave_room_for_the_one_that_they_wait_for()
    {
        var limits = new UtpLimits { ReceiveWindowBytes = 16 * 1024 };
        var syn = new UtpHeader(UtpPacketType.Syn, 10, 1, 0, 50_000, 100, 0);
        UtpConnection connection = UtpConnection.Accept(syn, limits, 1000);
        var packets = new List<ReadOnlyMemory<byte>>();
        connection.Collect(packets, 1, 1000);
        Assert.True(UtpHeader.TryRead(packets[0].Span, out UtpHeader state, out _, out _));
        connection.Commit(1, 1000);
        var data = new UtpHeader(UtpPacketType.Data, 11, 1, 1, 50_000, 101, (ushort)(state.Sequence - 1));
        // The first is lost, and so many come behind it that they would fill the window.
        for (ushort later = 102; later < 122; later++)
            connection.Receive(data with { Sequence = later }, [], new byte[1000], 2000);
        Assert.Equal(0, connection.ReadableBytes);
        connection.Receive(data, [], new byte[UtpLimits.IPv4PacketBytes - UtpHeader.LengthBytes], 3000);
        Assert.InRange(connection.ReadableBytes, 10_000, 16 * 1024);
        connection.Free();
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.02, 0, 0)]
    [InlineData(0, 0, 0.2)]
    [InlineData(0.05, 0.02, 0.1)]
    public void A_reader_that_pauses_over_a_bad_way_gets_everything_soon_after_it_goes_on(
        double loss,
        double duplication,
        double reordering
    )
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            var faults = new PathFaults
            {
                Loss = loss,
                Duplication = duplication,
                Reordering = reordering,
            };
            int window = random.Next(8_000, 80_000);
            var net = new UtpNet(seed, faults, 2_000_000, random.Next(500, 40_000), 200_000, window);
            net.Server.ToSay = UtpConnectionTests.Bytes(seed, random.Next(1, 300_000));
            // Who calls speaks first, as peers do.
            net.Client.ToSay = UtpConnectionTests.Bytes(seed + 100, 68);
            net.Server.Stays = net.Client.Stays = true;
            for (int pause = 0; pause < 6; pause++)
            {
                net.Client.Reads = false;
                net.Run(net.Time.Now + random.Next(1, 20) * Second / 4);
                net.Client.Reads = true;
                net.Client.Pump();
                net.Run(net.Time.Now + random.Next(1, 8) * Second / 8);
            }
            long began = net.Time.Now;
            net.Run(began + 600 * Second, () => net.Client.Heard.Length == net.Server.ToSay.Length);
            Assert.Equal(net.Server.ToSay, net.Client.Heard.ToArray());
            // Some round trips and time-outs; a side that waits for nothing says its next word after half a minute.
            Assert.InRange(net.Time.Now - began, 0, 15 * Second);
        }
    }
}
