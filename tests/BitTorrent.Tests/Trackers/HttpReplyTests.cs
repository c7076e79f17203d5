using System.Buffers;
using System.Net;
using System.Text;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Trackers;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Trackers;

public sealed class HttpReplyTests
{
    private static readonly PeerId Id = new("-XX0001-abcdefghijkl"u8);

    [Fact]
    public void Compact_peers_are_six_bytes_each()
    {
        var reply = new HttpAnnounceReply
        {
            IntervalSeconds = 1800,
            MinIntervalSeconds = 900,
            Complete = 5,
            Incomplete = 3,
            Peers = [Peer("1.2.3.4", 6881), Peer("10.0.0.255", 258)],
        };

        byte[] expected =
        [
            .. "d8:completei5e10:incompletei3e8:intervali1800e12:min intervali900e5:peers12:"u8,
            .. (ReadOnlySpan<byte>)[1, 2, 3, 4, 0x1A, 0xE1, 10, 0, 0, 255, 1, 2],
            .. "e"u8,
        ];
        Assert.Equal(expected, Write(reply));
    }

    [Fact]
    public void IPv6_peers_have_a_key_of_their_own()
    {
        var reply = new HttpAnnounceReply
        {
            IntervalSeconds = 30,
            Peers = [Peer("2001:db8::1", 6881), Peer("1.2.3.4", 1)],
        };

        byte[] expected =
        [
            .. "d8:completei0e10:incompletei0e8:intervali30e5:peers6:"u8,
            .. (ReadOnlySpan<byte>)[1, 2, 3, 4, 0, 1],
            .. "6:peers618:"u8,
            .. (ReadOnlySpan<byte>)[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x1A, 0xE1],
            .. "e"u8,
        ];
        Assert.Equal(expected, Write(reply));
    }

    [Fact]
    public void Dictionary_form_names_peers()
    {
        var reply = new HttpAnnounceReply
        {
            IntervalSeconds = 30,
            Peers = [new TrackerPeer(new IPEndPoint(IPAddress.Parse("1.2.3.4"), 6881), Id)],
        };

        Assert.Equal(
            "d8:completei0e10:incompletei0e8:intervali30e5:peersld2:ip7:1.2.3.47:peer id20:-XX0001-abcdefghijkl4:porti6881eeee",
            Encoding.ASCII.GetString(Write(reply, compact: false))
        );
        Assert.Equal(
            "d8:completei0e10:incompletei0e8:intervali30e5:peersld2:ip7:1.2.3.44:porti6881eeee",
            Encoding.ASCII.GetString(Write(reply, compact: false, withPeerIds: false))
        );
    }

    [Fact]
    public void A_refusal_is_nothing_but_its_reason()
    {
        byte[] written = Write(HttpAnnounceReply.Refused("unregistered torrent"));

        Assert.Equal("d14:failure reason20:unregistered torrente", Encoding.ASCII.GetString(written));
        Assert.True(HttpAnnounceReply.TryParse(written, out HttpAnnounceReply? read, out _));
        Assert.Equal("unregistered torrent", read!.FailureReason);
    }

    [Fact]
    public void External_address_is_raw_bytes()
    {
        byte[] written = Write(
            new HttpAnnounceReply { IntervalSeconds = 1, ExternalAddress = IPAddress.Parse("1.2.3.4") }
        );

        Assert.Contains("11:external ip4:\u0001\u0002\u0003\u0004", Encoding.ASCII.GetString(written));
        Assert.True(HttpAnnounceReply.TryParse(written, out HttpAnnounceReply? read, out _));
        Assert.Equal(IPAddress.Parse("1.2.3.4"), read!.ExternalAddress);
    }

    [Property]
    public void Both_forms_read_back(
        int interval,
        ushort complete,
        (uint Address, bool SixBytes, ushort Port)[] peers,
        bool compact
    )
    {
        var reply = new HttpAnnounceReply
        {
            IntervalSeconds = interval & int.MaxValue,
            MinIntervalSeconds = complete,
            Complete = complete,
            Incomplete = peers.Length,
            Peers =
            [
                .. peers.Select(peer => new TrackerPeer(
                    new IPEndPoint(peer.SixBytes ? Six(peer.Address) : new IPAddress(peer.Address), peer.Port),
                    compact ? null : Id
                )),
            ],
        };

        byte[] written = Write(reply, compact);

        // What goes over the wire is canonical bencode: the strict reader takes it.
        Assert.True(BencodeValue.TryParse(written, BencodeLimits.Message, out _, out _));
        Assert.True(HttpAnnounceReply.TryParse(written, out HttpAnnounceReply? read, out string? problem), problem);
        Assert.Equal(reply.IntervalSeconds, read!.IntervalSeconds);
        Assert.Equal(reply.MinIntervalSeconds, read.MinIntervalSeconds);
        Assert.Equal(reply.Complete, read.Complete);
        Assert.Equal(reply.Incomplete, read.Incomplete);
        // Compact replies tell IPv4 and IPv6 apart, so that the order among the families is lost.
        Assert.Equal(
            reply.Peers.OrderBy(peer => compact ? peer.Endpoint.AddressFamily : 0),
            read.Peers.OrderBy(peer => compact ? peer.Endpoint.AddressFamily : 0)
        );
    }

    [Fact]
    public void Scrape_keys_are_raw_and_sorted()
    {
        var low = new InfoHash("\u0001aaaaaaaaaaaaaaaaaaa"u8);
        var high = new InfoHash("zaaaaaaaaaaaaaaaaaaa"u8);
        var output = new ArrayBufferWriter<byte>();

        HttpScrapeReply.Write(
            output,
            [
                new TrackerScrapeEntry(high, 1, 2, 3),
                new TrackerScrapeEntry(low, 4, 5, 6),
                new TrackerScrapeEntry(high, 7, 8, 9),
            ]
        );

        Assert.Equal(
            "d5:filesd20:\u0001aaaaaaaaaaaaaaaaaaad8:completei4e10:downloadedi5e10:incompletei6ee"
                + "20:zaaaaaaaaaaaaaaaaaaad8:completei1e10:downloadedi2e10:incompletei3eeee",
            Encoding.ASCII.GetString(output.WrittenSpan)
        );
        Assert.True(
            HttpScrapeReply.TryParse(output.WrittenMemory, out IReadOnlyList<TrackerScrapeEntry> entries, out _)
        );
        Assert.Equal([new TrackerScrapeEntry(low, 4, 5, 6), new TrackerScrapeEntry(high, 1, 2, 3)], entries);
    }

    [Theory]
    [InlineData("")]
    [InlineData("i1e")]
    [InlineData("de")]
    [InlineData("d8:intervali-5e5:peers0:e")]
    [InlineData("d8:intervali30e5:peers5:abcdee")]
    [InlineData("d8:intervali30e5:peers0:6:peers65:abcdee")]
    [InlineData("d8:intervali30e5:peersi1ee")]
    [InlineData("d8:intervali30e5:peersld2:ip4:nope4:porti1eeee")]
    [InlineData("d8:intervali30e5:peersld2:ip7:1.2.3.44:porti70000eeee")]
    public void A_client_hears_what_is_wrong_with_a_reply(string reply)
    {
        Assert.False(HttpAnnounceReply.TryParse(Encoding.ASCII.GetBytes(reply), out _, out string? problem));
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Property(MaxTest = 500)]
    public void Replies_never_throw(byte[] noise, int at, byte value)
    {
        byte[] reply = Write(
            new HttpAnnounceReply { IntervalSeconds = 30, Peers = [Peer("1.2.3.4", 1), Peer("::2", 2)] },
            compact: at % 2 == 0
        );
        reply[(uint)at % reply.Length] = value;
        bool parsed = HttpAnnounceReply.TryParse(reply, out HttpAnnounceReply? read, out string? problem);
        Assert.Equal(parsed, read is not null);
        Assert.Equal(parsed, problem is null);
        _ = HttpAnnounceReply.TryParse(noise, out _, out _);
        _ = HttpScrapeReply.TryParse(noise, out _, out _);
    }

    private static TrackerPeer Peer(string address, int port) =>
        new(new IPEndPoint(IPAddress.Parse(address), port), null);

    // Never an IPv4-mapped address: those are IPv4.
    private static IPAddress Six(uint seed)
    {
        var bytes = new byte[16];
        bytes[0] = 0x20;
        BitConverter.TryWriteBytes(bytes.AsSpan(12), seed);
        return new IPAddress(bytes);
    }

    private static byte[] Write(HttpAnnounceReply reply, bool compact = true, bool withPeerIds = true)
    {
        var output = new ArrayBufferWriter<byte>();
        reply.Write(output, compact, withPeerIds);
        return output.WrittenSpan.ToArray();
    }
}
