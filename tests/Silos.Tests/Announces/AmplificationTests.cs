using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Announces;

/// <summary>How many bytes an attacker gets for each that he sends, to whoever's address: the figures of docs/security.md.</summary>
public sealed class AmplificationTests : IAnnounceHandler
{
    private const int HeadersOfAPacket = 28;

    private readonly FakeTimeProvider _clock = new();
    private readonly UdpConnectionIds _connectionIds;
    private readonly UdpTracker _tracker;
    private readonly byte[] _reply = new byte[UdpTracker.MaxReplyBytes];

    public AmplificationTests()
    {
        _connectionIds = new UdpConnectionIds(_clock, new byte[UdpConnectionIds.SecretBytes]);
        _tracker = new UdpTracker(this, _connectionIds, new RequestLimits(new RequestLimitOptions(), _clock));
    }

    [Theory]
    [InlineData("203.0.113.1")]
    [InlineData("2001:db8::1")]
    public async Task Before_an_address_is_proven_nothing_is_larger_than_what_came(string address)
    {
        var client = new IPEndPoint(IPAddress.Parse(address), 1);
        var packet = new byte[2048];
        for (int action = -1; action <= 4; action++)
        {
            foreach (ulong connectionId in (ulong[])[0, UdpConnectRequest.ProtocolId, ulong.MaxValue])
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(packet, connectionId);
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), action);
                for (int length = 0; length <= packet.Length; length++)
                {
                    int replied = await _tracker.AnswerAsync(packet.AsMemory(0, length), client, _reply);
                    bool isConnect = connectionId == UdpConnectRequest.ProtocolId && action == 0 && length >= 16;
                    Assert.Equal(isConnect ? UdpConnectReply.LengthBytes : 0, replied);
                    Assert.True(replied <= length);
                }
            }
        }
    }

    [Theory]
    // 20 bytes and 200 peers of 6; as many of 18 as fit.
    [InlineData("203.0.113.1", 1220)]
    [InlineData("2001:db8::1", 1388)]
    public async Task The_largest_answer_to_an_announce_is_bounded(string address, int expected)
    {
        var client = new IPEndPoint(IPAddress.Parse(address), 1);
        var packet = new byte[UdpAnnounceRequest.LengthBytes];
        var announce = new UdpAnnounceRequest(
            _connectionIds.Issue(client),
            1,
            default,
            default,
            0,
            5,
            0,
            TrackerEvent.None,
            0,
            int.MaxValue,
            1
        );
        announce.Write(packet);

        int replied = await _tracker.AnswerAsync(packet, client, _reply);

        Assert.Equal(expected, replied);
        Assert.InRange((double)replied / packet.Length, 12, 14.2);
        int headers = client.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? HeadersOfAPacket : 48;
        Assert.InRange((double)(replied + headers) / (packet.Length + headers), 9.5, 10);
    }

    [Fact]
    public async Task A_scrape_gets_less_than_it_sends_and_an_error_little_more()
    {
        var client = new IPEndPoint(IPAddress.Parse("203.0.113.1"), 1);
        ulong connection = _connectionIds.Issue(client);
        var packet = new byte[2048];
        int length = new UdpScrapeRequest(connection, 1, new InfoHash[UdpScrapeRequest.MaxInfoHashes]).Write(packet);
        Assert.True(await _tracker.AnswerAsync(packet.AsMemory(0, length), client, _reply) < length);

        // No info-hash, and an action that there is not.
        Assert.InRange(await _tracker.AnswerAsync(packet.AsMemory(0, 16), client, _reply), 8, 2 * 16);
        packet[11] = 9;
        Assert.InRange(await _tracker.AnswerAsync(packet.AsMemory(0, 16), client, _reply), 8, 2 * 16);
    }

    int IAnnounceHandler.Shards => 1;

    int IAnnounceHandler.RouteOf(int shard) => shard;

    bool IAnnounceHandler.TryFind(in InfoHash asked, out InfoHash swarm, out int shard) =>
        throw new NotSupportedException();

    AnnounceOutcome? IAnnounceHandler.TryAnnounce(
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    ) => throw new NotSupportedException();

    ValueTask<bool> IAnnounceHandler.BookAsync(AnnounceBatch batch, string transport) =>
        throw new NotSupportedException();

    ValueTask<bool> IAnnounceHandler.AnnounceAsync(int shard, AnnounceBatch batch, string transport) =>
        throw new NotSupportedException();

    /// <summary>As many peers as one asks for, of both families.</summary>
    ValueTask<AnnounceReply> IAnnounceHandler.AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport)
    {
        IEnumerable<SwarmPeer> four = Peers("203.0.113.9", announce.NumWant);
        IEnumerable<SwarmPeer> six = Peers("2001:db8::9", announce.NumWant);
        return ValueTask.FromResult(new AnnounceReply(null, 30, 15, 1, 1, [.. four, .. six]));
    }

    ValueTask<ScrapeCounts?> IAnnounceHandler.ScrapeAsync(InfoHash infoHash) =>
        ValueTask.FromResult<ScrapeCounts?>(default(ScrapeCounts));

    private static IEnumerable<SwarmPeer> Peers(string address, int count) =>
        Enumerable.Range(1, count).Select(port => new SwarmPeer(new IPEndPoint(IPAddress.Parse(address), port), null));
}
