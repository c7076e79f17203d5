using System.Net;
using Distribution.BitTorrent.Trackers;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Trackers;

/// <summary>Layouts as in BEP 15's tables: offsets, sizes, network byte order.</summary>
public sealed class UdpMessageTests
{
    private static readonly InfoHash Hash = new("hhhhhhhhhhhhhhhhhhhh"u8);
    private static readonly PeerId Id = new("-XX0001-abcdefghijkl"u8);

    [Fact]
    public void Connect_request()
    {
        byte[] expected = Convert.FromHexString("00000417271019800000000001020304");

        Assert.Equal(expected, Written(new UdpConnectRequest(0x01020304).Write));
        Assert.True(UdpConnectRequest.TryParse(expected, out UdpConnectRequest request));
        Assert.Equal(0x01020304u, request.TransactionId);
        expected[7]++;
        Assert.False(UdpConnectRequest.TryParse(expected, out _));
    }

    [Fact]
    public void Connect_reply()
    {
        byte[] expected = Convert.FromHexString("00000000010203041112131415161718");

        Assert.Equal(expected, Written(new UdpConnectReply(0x01020304, 0x1112131415161718).Write));
        Assert.True(UdpConnectReply.TryParse(expected, out UdpConnectReply reply));
        Assert.Equal(0x1112131415161718ul, reply.ConnectionId);
    }

    [Fact]
    public void Announce_request()
    {
        var request = new UdpAnnounceRequest(1, 2, Hash, Id, 3, 4, 5, TrackerEvent.Started, 6, null, 6881);
        byte[] expected =
        [
            .. Convert.FromHexString("0000000000000001" + "00000001" + "00000002"),
            .. Hash.AsSpan(),
            .. Id.AsSpan(),
            .. Convert.FromHexString("0000000000000003" + "0000000000000004" + "0000000000000005"),
            .. Convert.FromHexString("00000002" + "00000000" + "00000006" + "FFFFFFFF" + "1AE1"),
        ];

        Assert.Equal(98, expected.Length);
        Assert.Equal(expected, Written(request.Write));
        Assert.True(UdpAnnounceRequest.TryParse(expected, out UdpAnnounceRequest read));
        Assert.Equal(request, read);
        // BEP 41: options may follow.
        Assert.True(UdpAnnounceRequest.TryParse([.. expected, 2, 1, (byte)'/'], out read));
        Assert.Equal(request, read);
    }

    [Fact]
    public void Announce_reply_in_both_families()
    {
        var four = new TrackerPeer(new IPEndPoint(IPAddress.Parse("1.2.3.4"), 5), null);
        var six = new TrackerPeer(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 6), null);
        var reply = new UdpAnnounceReply(2, 1800, 7, 8, [four, six]);
        byte[] header = Convert.FromHexString("0000000100000002000007080000000700000008");

        byte[] overIPv4 = Written(buffer => reply.Write(buffer, isIPv6: false));
        byte[] overIPv6 = Written(buffer => reply.Write(buffer, isIPv6: true));

        Assert.Equal([.. header, 1, 2, 3, 4, 0, 5], overIPv4);
        Assert.Equal([.. header, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 6], overIPv6);
        Assert.True(UdpAnnounceReply.TryParse(overIPv6, isIPv6: true, out UdpAnnounceReply? read));
        Assert.Equal([six], read!.Peers);
        Assert.Equal((1800, 7, 8), (read.IntervalSeconds, read.Leechers, read.Seeders));
    }

    [Fact]
    public void An_announce_reply_never_outgrows_its_buffer()
    {
        TrackerPeer[] peers =
        [
            .. Enumerable.Range(1, 300).Select(port => new TrackerPeer(new IPEndPoint(IPAddress.Loopback, port), null)),
        ];

        int length = new UdpAnnounceReply(1, 1, 1, 1, peers).Write(new byte[101], isIPv6: false);

        Assert.Equal(20 + 13 * 6, length);
    }

    [Fact]
    public void Scrape()
    {
        var request = new UdpScrapeRequest(1, 2, [Hash, Hash]);
        byte[] packet = Written(request.Write);

        Assert.Equal(16 + 40, packet.Length);
        Assert.True(UdpScrapeRequest.TryParse(packet, out UdpScrapeRequest? read));
        Assert.Equal(request.InfoHashes, read!.InfoHashes);
        Assert.False(UdpScrapeRequest.TryParse(packet.AsSpan(0, 16), out _));
        Assert.False(UdpScrapeRequest.TryParse(packet.AsSpan(0, 35), out _));

        byte[] reply = Written(new UdpScrapeReply(2, [new UdpScrapeCounts(1, 2, 3)]).Write);
        Assert.Equal(Convert.FromHexString("0000000200000002000000010000000200000003"), reply);
        Assert.True(UdpScrapeReply.TryParse(reply, out UdpScrapeReply? readReply));
        Assert.Equal([new UdpScrapeCounts(1, 2, 3)], readReply!.Swarms);
    }

    [Fact]
    public void Error()
    {
        byte[] packet = Written(new UdpErrorReply(2, "no").Write);

        Assert.Equal(Convert.FromHexString("00000003000000026E6F"), packet);
        Assert.True(UdpErrorReply.TryParse(packet, out UdpErrorReply? read));
        Assert.Equal("no", read!.Message);
        Assert.Equal(12, new UdpErrorReply(2, "too long").Write(new byte[12]));
    }

    [Property]
    public void Announces_read_back(
        ulong connection,
        uint transaction,
        long left,
        byte trackerEvent,
        uint key,
        int numWant,
        ushort port
    )
    {
        var request = new UdpAnnounceRequest(
            connection,
            transaction,
            Hash,
            Id,
            left & long.MaxValue,
            left,
            ~left & long.MaxValue,
            (TrackerEvent)(trackerEvent % 4),
            key,
            numWant < 0 ? null : numWant,
            (ushort)(port | 1)
        );

        Assert.True(UdpAnnounceRequest.TryParse(Written(request.Write), out UdpAnnounceRequest read));
        Assert.Equal(request, read);
    }

    [Property(MaxTest = 500)]
    public void Never_throws(byte[] noise, byte length)
    {
        byte[] packet = new byte[length];
        noise.AsSpan(0, Math.Min(noise.Length, length)).CopyTo(packet);
        _ = UdpRequestHeader.TryParse(packet, out _);
        _ = UdpReplyHeader.TryParse(packet, out _);
        _ = UdpConnectRequest.TryParse(packet, out _);
        _ = UdpConnectReply.TryParse(packet, out _);
        _ = UdpAnnounceRequest.TryParse(packet, out _);
        _ = UdpAnnounceReply.TryParse(packet, isIPv6: false, out _);
        _ = UdpAnnounceReply.TryParse(packet, isIPv6: true, out _);
        _ = UdpScrapeRequest.TryParse(packet, out _);
        _ = UdpScrapeReply.TryParse(packet, out _);
        _ = UdpErrorReply.TryParse(packet, out _);
    }

    private delegate int Writer(Span<byte> destination);

    private static byte[] Written(Writer write)
    {
        var buffer = new byte[2048];
        int length = write(buffer);
        return buffer[..length];
    }
}
