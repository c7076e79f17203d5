using System.Buffers;
using System.Net;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Trackers;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding.Exchange;
using Distribution.EdgeSeeder.Tests.Kit;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.EdgeSeeder.Tests.Seeding.Exchange;

/// <summary>Peer exchange (BEP 11) as an edge does it.</summary>
public sealed class PeerExchangeTests
{
    private const byte ExchangeId = 9;

    private static readonly IPAddress _receiver = IPAddress.Parse("198.51.100.1");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Viewers_of_an_open_torrent_are_named_to_each_other()
    {
        await using TestOrigin origin = await TestOrigin.StartAsync();
        await using var edge = new TestEdge(origin, Engines.Own);
        var content = new TestContent(100_000, 16384, isPrivate: false);
        edge.Seed(content);
        edge.Engine.NamePeers(content.InfoHash, true);
        await using TestPeer first = await GreetAsync(edge, content, 4001);
        await using TestPeer second = await GreetAsync(edge, content, 4002);
        Assert.Equal(["127.0.0.1:4001"], await NamedAsync(second));
        Assert.Equal(["127.0.0.1:4002"], await NamedAsync(first));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Nobody_is_named_where_the_torrent_is_private_or_the_server_forbids_it(
        bool isPrivate,
        bool isAllowed
    )
    {
        await using TestOrigin origin = await TestOrigin.StartAsync();
        await using var edge = new TestEdge(origin, Engines.Own);
        var content = new TestContent(100_000, 16384, isPrivate: isPrivate);
        edge.Seed(content);
        edge.Engine.NamePeers(content.InfoHash, isAllowed);
        await using TestPeer first = await GreetAsync(edge, content, 4001);
        await using TestPeer second = await GreetAsync(edge, content, 4002);
        await second.DownloadAsync(content, [0]);
        // Another with the same reasons to be told, in a torrent where it may be, is told meanwhile.
        var open = new TestContent(100_000, 16384, seed: 2, isPrivate: false);
        edge.Seed(open);
        edge.Engine.NamePeers(open.InfoHash, true);
        await using TestPeer third = await GreetAsync(edge, open, 4003);
        await using TestPeer fourth = await GreetAsync(edge, open, 4004);
        Assert.Equal(["127.0.0.1:4003"], await NamedAsync(fourth));

        await edge.Engine.StopAsync();
        Assert.DoesNotContain(await second.ReadToEndAsync(), static frame => frame.ExtensionId == ExchangeId);
    }

    [Fact]
    public void One_message_a_minute_says_who_came_and_who_went()
    {
        var exchange = new PeerExchange(_clock);
        Assert.Equal((["192.0.2.1:1", "[2001:db8::1]:2"], []), Write(exchange, "192.0.2.1:1", "[2001:db8::1]:2"));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(Write(exchange, "192.0.2.3:3"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((["192.0.2.3:3"], ["192.0.2.1:1"]), Write(exchange, "192.0.2.3:3", "[2001:db8::1]:2"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Write(exchange, "192.0.2.3:3", "[2001:db8::1]:2"));
    }

    [Fact]
    public void No_more_than_fifty_are_known_from_us_at_any_time()
    {
        string[] many = [.. Enumerable.Range(1, 200).Select(static port => $"192.0.2.1:{port}")];
        var exchange = new PeerExchange(_clock);
        Assert.Equal(50, Write(exchange, many)!.Value.Added.Length);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Write(exchange, many));
        _clock.Advance(TimeSpan.FromMinutes(1));
        (string[] added, string[] dropped) = Write(exchange, "192.0.2.9:9")!.Value;
        Assert.Equal((1, 50), (added.Length, dropped.Length));
    }

    [Fact]
    public void Neither_itself_nor_addresses_of_another_network_are_named()
    {
        string[] inner =
        [
            "10.0.0.1:1",
            "192.168.1.1:1",
            "127.0.0.1:1",
            "169.254.1.1:1",
            "100.64.0.1:1",
            "[fd00::1]:1",
            "[fe80::1]:1",
            "[::1]:1",
        ];
        Assert.Null(Write(new PeerExchange(_clock), [.. inner, $"{_receiver}:7"]));
        Assert.Equal(["10.0.0.1:1", "192.168.1.1:1", "[fd00::1]:1"], WriteTo("10.9.9.9", inner));
        Assert.Equal(["100.64.0.1:1"], WriteTo("100.127.0.1", inner));

        string[] WriteTo(string receiver, string[] peers) =>
            Write(new PeerExchange(_clock), IPAddress.Parse(receiver), peers)!.Value.Added;
    }

    private static (string[] Added, string[] Dropped)? Write(PeerExchange exchange, params string[] peers) =>
        Write(exchange, _receiver, peers);

    private static (string[] Added, string[] Dropped)? Write(PeerExchange exchange, IPAddress receiver, string[] peers)
    {
        var output = new ArrayBufferWriter<byte>();
        Dictionary<IPEndPoint, ReachablePeer> there = peers
            .Select(IPEndPoint.Parse)
            .ToDictionary(static peer => peer, static peer => new ReachablePeer(peer, IsSeed: false));
        return exchange.TryWrite(there, receiver, new IPEndPoint(receiver, 7), output)
            ? Read(output.WrittenMemory)
            : null;
    }

    private static async Task<TestPeer> GreetAsync(TestEdge edge, TestContent content, int listenPort)
    {
        TestPeer peer = await TestPeer.GreetAsync(edge.Port, content);
        await peer.SendExtensionHandshakeAsync(listenPort, ExchangeId);
        return peer;
    }

    private static async Task<string[]> NamedAsync(TestPeer peer)
    {
        while (true)
        {
            TestFrame frame = await peer.ReadAsync(MessageType.Extended);
            if (frame.ExtensionId == ExchangeId)
                return Read(frame.Payload).Added;
        }
    }

    private static (string[] Added, string[] Dropped) Read(ReadOnlyMemory<byte> message)
    {
        Assert.True(BencodeValue.TryParsePrefix(message, BencodeLimits.Message, out BencodeValue? root, out _, out _));
        foreach (string key in new[] { "added", "added6" })
            Assert.Equal(Bytes(key).Length / (key == "added" ? 6 : 18), Bytes(key + ".f").Length);
        return ([.. Peers("added"), .. Peers("added6")], [.. Peers("dropped"), .. Peers("dropped6")]);

        ReadOnlyMemory<byte> Bytes(string key) => root![System.Text.Encoding.ASCII.GetBytes(key)]!.AsBytes!.Value;

        IEnumerable<string> Peers(string key)
        {
            var peers = new List<TrackerPeer>();
            Assert.True(CompactPeers.TryRead(Bytes(key).Span, key.EndsWith('6'), peers));
            return peers.Select(static peer => peer.Endpoint.ToString()).Order();
        }
    }
}
