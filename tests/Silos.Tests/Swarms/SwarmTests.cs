using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Swarms;

public sealed class SwarmTests
{
    private const long Size = 1_000_000;
    private static readonly IPEndPoint EdgeAt = IPEndPoint.Parse("198.51.100.1:6881");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SwarmCensus _census = new();
    private readonly Swarm _swarm;

    public SwarmTests() => _swarm = NewSwarm(PeerPolicy.Everyone);

    [Fact]
    public void Leechers_hear_of_everybody_but_themselves()
    {
        Announce("seed", "203.0.113.1:1", left: 0);
        Announce("other", "203.0.113.2:2", left: Size);

        AnnounceReply reply = Announce("me", "203.0.113.3:3", left: Size);

        Assert.Equal(["203.0.113.1:1", "203.0.113.2:2"], Endpoints(reply));
        Assert.Equal((1, 2), (reply.Seeders, reply.Leechers));
        Assert.All(reply.Peers, static peer => Assert.NotNull(peer.PeerId));
    }

    [Fact]
    public void Seeds_hear_of_leechers_only()
    {
        Announce("seed", "203.0.113.1:1", left: 0);
        Announce("leecher", "203.0.113.2:2", left: Size);
        _swarm.AttachEdge("edge", [EdgeAt], 10);

        Assert.Equal(["203.0.113.2:2"], Endpoints(Announce("me", "203.0.113.3:3", left: 0)));
        // BEP 21: a partial seed wants nothing either.
        Assert.Equal(
            ["203.0.113.2:2"],
            Endpoints(Announce("partial", "203.0.113.4:4", left: 5, announceEvent: AnnounceEvent.Paused))
        );
    }

    [Fact]
    public void Edges_come_first_and_within_numwant()
    {
        for (int i = 1; i <= 100; i++)
            Announce($"peer-{i}", $"203.0.113.{i}:1", left: Size);
        _swarm.AttachEdge("edge", [EdgeAt], 10);

        AnnounceReply reply = Announce("me", "203.0.113.200:3", left: Size, numWant: 7);

        Assert.Equal(7, reply.Peers.Count);
        Assert.Equal(EdgeAt, reply.Peers[0].Endpoint);
        Assert.Equal(7, reply.Peers.Select(static peer => peer.Endpoint).Distinct().Count());
        Assert.Empty(Announce("me", "203.0.113.200:3", left: Size, numWant: 0).Peers);
        Assert.Equal(101, Announce("me", "203.0.113.200:3", left: Size, numWant: 200).Peers.Count);
    }

    [Theory]
    [InlineData(null, 50)]
    [InlineData(-1, 50)]
    [InlineData(0, 0)]
    [InlineData(200, 200)]
    [InlineData(int.MaxValue, 200)]
    public void Numwant_is_clamped(int? asked, int expected)
    {
        Assert.Equal(expected, Swarm.ClampNumWant(asked));
    }

    [Fact]
    public void With_peers_off_only_edges_are_told()
    {
        Swarm swarm = NewSwarm(PeerPolicy.Off);
        Announce("other", "203.0.113.2:2", left: Size, swarm: swarm);
        swarm.AttachEdge("edge", [EdgeAt], 10);

        Assert.Equal(["198.51.100.1:6881"], Endpoints(Announce("me", "203.0.113.3:3", left: Size, swarm: swarm)));
        Assert.Empty(Announce("seed", "203.0.113.4:3", left: 0, swarm: swarm).Peers);
    }

    [Fact]
    public void Families_are_kept_apart_and_a_peer_of_both_is_one()
    {
        Announce("dual", "203.0.113.1:1", left: Size);
        AnnounceReply reply = Announce("dual", "[2001:db8::1]:1", left: Size);
        Assert.Equal(1, reply.Leechers);

        Assert.Equal(["203.0.113.1:1"], Endpoints(Announce("four", "203.0.113.2:2", left: Size)));
        Assert.Equal(["[2001:db8::1]:1"], Endpoints(Announce("six", "[2001:db8::2]:2", left: Size)));
    }

    [Fact]
    public void Private_addresses_stay_among_their_kind()
    {
        Announce("lan", "192.168.1.2:1", left: Size);
        Announce("self", "127.0.0.1:2", left: Size);
        Announce("world", "203.0.113.1:3", left: Size);
        _swarm.AttachEdge("edge", [IPEndPoint.Parse("127.0.0.1:6881")], 10);

        Assert.Equal(["192.168.1.2:1", "203.0.113.1:3"], Endpoints(Announce("lan2", "192.168.1.3:1", left: Size)));
        Assert.Equal(
            ["127.0.0.1:2", "127.0.0.1:6881", "203.0.113.1:3"],
            Endpoints(Announce("self2", "127.0.0.1:9", left: Size))
        );
        Assert.Equal(["203.0.113.1:3"], Endpoints(Announce("world2", "203.0.113.2:3", left: Size)));
    }

    [Fact]
    public void Stopped_peers_are_gone_at_once()
    {
        Announce("dual", "203.0.113.1:1", left: Size);
        Announce("dual", "[2001:db8::1]:1", left: Size);
        AnnounceReply reply = Announce("dual", "203.0.113.1:1", left: 5, announceEvent: AnnounceEvent.Stopped);

        Assert.Empty(reply.Peers);
        Assert.Equal(new ScrapeCounts(0, 0, 0), _swarm.Scrape());
        Assert.Equal(default, _census.Total);
    }

    [Fact]
    public void Silent_peers_expire_after_two_intervals()
    {
        AnnounceReply reply = Announce("peer", "203.0.113.1:1", left: Size);
        _clock.Advance(TimeSpan.FromSeconds(2 * reply.IntervalSeconds));
        Assert.Equal(1, _swarm.Scrape().Leechers);

        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _swarm.Scrape().Leechers);
    }

    [Fact]
    public void A_client_that_comes_back_under_another_id_replaces_itself()
    {
        Announce("before", "203.0.113.1:1", left: long.MaxValue);

        Assert.Equal(1, Announce("after", "203.0.113.1:1", left: Size).Leechers);
    }

    [Fact]
    public void A_moved_peer_is_handed_out_at_its_new_place()
    {
        Announce("peer", "203.0.113.1:1", left: Size);
        Announce("peer", "203.0.113.9:9", left: Size);

        Assert.Equal(["203.0.113.9:9"], Endpoints(Announce("me", "203.0.113.3:3", left: Size)));
    }

    [Fact]
    public void Clients_without_metadata_get_seeds_whatever_they_say_is_left()
    {
        Announce("seed", "203.0.113.1:1", left: 0);
        _swarm.AttachEdge("edge", [EdgeAt], 10);
        // aria2 says 0.
        var aria2 = new PeerId("A2-1-36-0-aaaaaaaaaa"u8);
        AnnounceReply reply = Announce(aria2, "203.0.113.2:2", AnnounceEvent.Started, 0, 50, _swarm);

        Assert.Equal(["198.51.100.1:6881", "203.0.113.1:1"], Endpoints(reply));
        Assert.Equal(1, reply.Leechers);
        Assert.Equal(["203.0.113.2:2"], Dial());
        Assert.Equal(
            2,
            Announce("me", "203.0.113.3:2", left: 16384).Peers.Count(static peer => peer.PeerId is not null)
        );
    }

    [Fact]
    public void Edges_dial_whoever_is_not_complete_and_can_be_reached()
    {
        Announce("seed", "203.0.113.1:1", left: 0);
        Announce("leecher", "203.0.113.2:2", left: Size);
        Announce("lan", "192.168.1.2:3", left: Size);
        Announce("self", "127.0.0.1:4", left: Size);
        Announce("six", "[2001:db8::1]:5", left: Size);

        Assert.Equal(["203.0.113.2:2"], Dial());
        Assert.Equal(
            ["127.0.0.1:4", "192.168.1.2:3", "203.0.113.2:2"],
            Sorted(_swarm.AttachEdge("local", [IPEndPoint.Parse("127.0.0.1:6881")], 10))
        );
        Assert.Equal(
            ["[2001:db8::1]:5"],
            Sorted(_swarm.AttachEdge("six", [IPEndPoint.Parse("[2001:db8::9]:6881")], 10))
        );

        // What an edge sees goes before what was announced.
        _swarm.Witness([Progress("leecher", Size)]);
        Assert.Empty(Dial());
        Assert.Equal(2, _swarm.Snapshot(default).Seeders);
    }

    [Fact]
    public void An_edge_that_misses_its_lease_is_no_longer_handed_out()
    {
        _swarm.AttachEdge("edge", [EdgeAt], 10);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Single(Announce("me", "203.0.113.3:3", left: Size).Peers);

        _clock.Advance(TimeSpan.FromSeconds(1));
        AnnounceReply reply = Announce("me", "203.0.113.3:3", left: Size);
        Assert.Empty(reply.Peers);
        Assert.Equal(0, reply.Seeders);
    }

    [Fact]
    public void A_leaving_edge_is_gone_at_once()
    {
        _swarm.AttachEdge("edge", [EdgeAt], 10);
        Assert.Empty(_swarm.AttachEdge("edge", [EdgeAt], 0));

        Assert.Equal(0, _swarm.Snapshot(default).Edges);
    }

    [Fact]
    public void A_snapshot_counts_copies()
    {
        Announce("seed", "203.0.113.1:1", left: 0);
        Announce("half", "203.0.113.2:2", left: Size / 2);
        Announce("none", "203.0.113.3:3", left: 16384);
        _swarm.AttachEdge("edge", [EdgeAt], 10);

        SwarmSnapshot snapshot = _swarm.Snapshot(new Silos.Traffic.TrafficRates(1, 2, 3));

        Assert.Equal(new SwarmSnapshot(1, 2, 1, 0, 2.5, 1, 2, 3), snapshot);
        Assert.Equal(new SwarmCounts(1, 2, 1), _census.Total);
        _swarm.Clear();
        Assert.Equal(default, _census.Total);
    }

    [Fact]
    public void Those_who_watch_see_who_holds_how_much()
    {
        Announce("seed", "203.0.113.1:1", left: 0);
        Announce("new", "203.0.113.2:2", left: Size);
        Announce("half", "203.0.113.3:3", left: Size / 2);
        Announce("last", "203.0.113.4:4", left: 2);
        // One who is reached over both families is one.
        Announce("dual", "203.0.113.5:5", left: Size - 150_000);
        Announce("dual", "[2001:db8::5]:5", left: Size - 150_000);

        SwarmLive live = _swarm.Live(new Silos.Traffic.TrafficRates(1, 2, 3));

        Assert.Equal(_swarm.Snapshot(new Silos.Traffic.TrafficRates(1, 2, 3)), live.Now);
        Assert.Equal([1, 1, 0, 0, 0, 1, 0, 0, 0, 1], live.LeechersByTenth);
        Assert.Equal((0, 1, _clock.GetUtcNow()), (live.Browsers, live.NearShare, live.At));
        Assert.True(
            live.SaysTheSameAs(live with { At = live.At.AddSeconds(1), LeechersByTenth = [.. live.LeechersByTenth] })
        );
    }

    [Fact]
    public void Those_who_watch_see_how_many_of_those_that_are_named_are_near()
    {
        Announce("alone", "203.0.113.1:1", left: Size);
        Assert.Null(_swarm.Live(default).NearShare);
        Announce("near", "203.0.113.2:2", left: Size);
        Announce("far", "9.9.9.9:3", left: Size);

        // Each of the three is named to the two others; two of the six times the prefix is the same.
        Assert.Equal(0.33, _swarm.Live(default).NearShare);
        for (int i = 0; i < 300; i++)
            Announce($"other-{i}", $"20.{i % 200}.{i / 200}.7:1", left: Size);
        double share = _swarm.Live(default).NearShare!.Value;
        Assert.InRange(share, 0, 0.33);
        Assert.Equal(share, _swarm.Live(default).NearShare);
    }

    [Fact]
    public void A_very_large_swarm_is_shown_by_an_even_sample()
    {
        const int peers = 3 * SwarmLive.MostLookedAt;
        for (int i = 0; i < peers; i++)
            Announce(
                $"p-{i}",
                $"203.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}:1",
                left: i % 2 == 0 ? Size : 2,
                numWant: 0
            );

        IReadOnlyList<int> tenths = _swarm.Live(default).LeechersByTenth;

        Assert.InRange(tenths.Sum(), SwarmLive.MostLookedAt / 2, SwarmLive.MostLookedAt);
        Assert.InRange(tenths[0], tenths.Sum() * 0.4, tenths.Sum() * 0.6);
        Assert.Equal(tenths.Sum(), tenths[0] + tenths[9]);
    }

    [Fact]
    public void An_address_that_nobody_can_have_is_refused()
    {
        Assert.NotNull(Announce("x", "0.0.0.0:5", left: Size).FailureReason);
    }

    [Fact]
    public void A_swarm_is_young_for_ten_minutes_and_each_transport_has_its_interval()
    {
        for (int i = 0; i < 2000; i++)
            Announce($"p-{i}", $"203.0.{i >> 8}.{i & 255}:1", left: Size, numWant: 0);
        Assert.InRange(Announce("p-1", "203.0.0.1:1", left: Size).IntervalSeconds, 50, 75);
        _clock.Advance(TimeSpan.FromSeconds(AnnounceInterval.YoungSeconds));
        for (int i = 0; i < 2000; i++)
            Announce($"p-{i}", $"203.0.{i >> 8}.{i & 255}:1", left: Size, numWant: 0);

        Assert.InRange(Announce("p-1", "203.0.0.1:1", left: Size).IntervalSeconds, 100, 120);
        Assert.InRange(
            Announce("p-1", "203.0.0.1:1", left: Size, transport: AnnounceTransport.Http).IntervalSeconds,
            200,
            240
        );
    }

    [Fact]
    public void Selection_is_even()
    {
        for (int i = 0; i < 40; i++)
            Announce($"peer-{i}", $"203.0.113.{i}:1", left: i % 4 == 0 ? 0 : Size);
        var seen = new Dictionary<IPEndPoint, int>();
        for (int round = 0; round < 2000; round++)
        {
            foreach (SwarmPeer peer in Announce("me", "203.0.113.200:3", left: Size / 2, numWant: 10).Peers)
                seen[peer.Endpoint] = seen.GetValueOrDefault(peer.Endpoint) + 1;
        }
        // Each is drawn with a chance of a quarter: 500 of 2000, and six standard deviations are 116.
        Assert.Equal(40, seen.Count);
        Assert.All(seen.Values, static count => Assert.InRange(count, 384, 616));
    }

    private Swarm NewSwarm(PeerPolicy policy) =>
        new(
            new SwarmDefinition("f", "default", LedgerHarness.HashOf("f"), "film", Size, 65536, policy),
            0,
            _census,
            _clock,
            new Random(7)
        );

    private AnnounceReply Announce(
        string peer,
        string endpoint,
        long left,
        AnnounceEvent announceEvent = AnnounceEvent.None,
        int numWant = 50,
        Swarm? swarm = null,
        AnnounceTransport transport = AnnounceTransport.Udp
    ) => Announce(LedgerHarness.Peer(peer), endpoint, announceEvent, left, numWant, swarm ?? _swarm, transport);

    private static AnnounceReply Announce(
        PeerId peer,
        string endpoint,
        AnnounceEvent announceEvent,
        long left,
        int numWant,
        Swarm swarm,
        AnnounceTransport transport = AnnounceTransport.Udp
    )
    {
        var announce = new SwarmAnnounce(
            peer,
            IPEndPoint.Parse(endpoint),
            announceEvent,
            0,
            0,
            left,
            numWant,
            transport
        );
        BookedViewer known = swarm.KnownViewer(peer, announce.Endpoint.Address) ?? default;
        return swarm.Announce(
            announce,
            known with
            {
                Session = known.Session.Next(ViewerAnnounce.Of(announce), Size, long.MaxValue),
            }
        );
    }

    private static PeerProgress Progress(string peer, long have) =>
        new()
        {
            InfoHash = LedgerHarness.HashOf("f").ToString(),
            PeerId = LedgerHarness.Peer(peer).ToString(),
            Address = "203.0.113.2",
            FirstHaveBytes = 0,
            HaveBytes = have,
        };

    private IEnumerable<string> Dial() => Sorted(_swarm.AttachEdge("edge", [EdgeAt], 10));

    private static IEnumerable<string> Endpoints(AnnounceReply reply) =>
        Sorted(reply.Peers.Select(static peer => peer.Endpoint));

    private static IEnumerable<string> Sorted(IEnumerable<IPEndPoint> endpoints) =>
        endpoints.Select(static endpoint => endpoint.ToString()).Order(StringComparer.Ordinal);
}
