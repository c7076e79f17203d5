using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Tests.Files;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Edges;

public sealed class EdgeFleetTests
{
    private const long Size = 1_000_000;

    private static readonly PublishedFile[] Files =
    [
        .. Enumerable
            .Range(0, 60)
            .Select(static i =>
                FileLifeTests.NewFile($"file-{i}") with
                {
                    SizeBytes = Size,
                    State = FileState.Published,
                    Content = new FileContent(LedgerHarness.HashOf($"file-{i}"), 65536, 16, new string('0', 64)),
                }
            ),
    ];

    private static readonly InfoHash First = Files[0].Content!.InfoHash;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly EdgeFleet _fleet;
    private FleetState _state = new();
    private IReadOnlyList<SwarmActivity> _active = [];

    public EdgeFleetTests() => _fleet = new EdgeFleet(_clock);

    private FleetOrder Beat(string node, params EdgeSwarmLoad[] swarms) =>
        Beat(node, HeartbeatCheckTests.Heartbeat() with { Swarms = swarms });

    private FleetOrder Beat(string node, EdgeHeartbeat heartbeat) =>
        _fleet.Report(
            new FleetReport(node, HasOwnKey: false, heartbeat, [new IPEndPoint(IPAddress.Loopback, 1)]),
            _state,
            Files,
            _active,
            static _ => 0
        );

    /// <summary>Each of them every two seconds, for so long; the last orders of each.</summary>
    private Dictionary<string, FleetOrder> Run(double seconds, params string[] nodes)
    {
        var orders = new Dictionary<string, FleetOrder>();
        for (double at = 0; at < seconds; at += 2)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            foreach (string node in nodes)
                orders[node] = Beat(node);
        }
        return orders;
    }

    private static InfoHash[] Listed(FleetOrder order) =>
        [.. order.Swarms.Where(static swarm => swarm.IsListed).Select(static swarm => swarm.InfoHash)];

    private static EdgeSwarmLoad Load(InfoHash swarm, int connections, int copies = 0) =>
        new()
        {
            InfoHash = swarm.ToString(),
            Connections = connections,
            PeerCopies = copies,
        };

    [Fact]
    public void A_node_alone_has_everything_from_its_first_word()
    {
        FleetOrder order = Beat("a");

        Assert.True(order.WantsAllSwarms);
        Assert.Equal(Files.Length, Listed(order).Length);
        Assert.False(Beat("a").WantsAllSwarms);
        Assert.False(_fleet.NeedsActivity(_state));
    }

    [Fact]
    public void At_every_moment_each_file_has_somebody_while_nodes_come_and_go()
    {
        Beat("a");
        FleetOrder b = Beat("b");
        // Until b has been heard once more, a keeps all: b may still be fetching what it needs.
        Assert.Equal(Files.Length, Listed(Beat("a")).Length);
        Beat("b");
        Assert.Equal(Files.Length - Listed(b).Length, Listed(Beat("a")).Length);

        Dictionary<string, FleetOrder> both = Run(6, "a", "b");
        Assert.Equal(Files.Length, Listed(both["a"]).Union(Listed(both["b"])).Count());
        Assert.Empty(Listed(both["a"]).Intersect(Listed(both["b"])));

        Beat("b", HeartbeatCheckTests.Heartbeat() with { Leaving = true });
        Assert.Equal(Files.Length, Listed(Beat("a")).Length);
    }

    [Fact]
    public void What_a_silent_node_had_is_others_before_its_lease_is_over()
    {
        Run(10, "a", "b");
        double silent = 0;
        while (Listed(Beat("a")).Length < Files.Length)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            silent += 2;
            Assert.True(silent < 10, "the lease ran out first");
        }
        Assert.True(silent >= 6, "one lost heartbeat is no reason");
    }

    [Fact]
    public void A_sleeping_swarm_wakes_with_the_next_heartbeat_after_its_first_leecher()
    {
        Run(10, "a", "b", "c");
        Assert.Single(Holders());

        _active = [new SwarmActivity(First, 1, 0)];

        Assert.Equal(2, Holders().Count);

        List<string> Holders() =>
            [
                .. Run(2, "a", "b", "c")
                    .Where(static node => Listed(node.Value).Contains(First))
                    .Select(static node => node.Key),
            ];
    }

    [Fact]
    public void A_draining_node_finishes_what_viewers_are_on_and_nothing_else()
    {
        _active = [new SwarmActivity(First, 1, 0)];
        Run(6, "a", "b");
        Beat("a", Load(First, 3));
        _state = _state.WithState("a", EdgeNodeState.Draining, _clock.GetUtcNow());
        Run(4, "b");

        FleetOrder drained = Beat("a", Load(First, 3));
        Assert.Equal([new SwarmOrder(First, IsListed: false, IsHot: false, 0)], drained.Swarms);
        Assert.Equal((1, 1), (_fleet.Describe("a", _state).Swarms, _fleet.Describe("a", _state).SwarmsWithViewers));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Beat("b");
        Assert.Single(Beat("a", Load(First, 1)).Swarms);
        Assert.Empty(Beat("a", Load(First, 0)).Swarms);
        Assert.Equal(Files.Length, Listed(Beat("b")).Length);

        _state = _state.WithState("a", EdgeNodeState.Active, _clock.GetUtcNow());
        Assert.NotEmpty(Beat("a").Swarms);
    }

    [Fact]
    public void The_last_node_drains_too()
    {
        Run(4, "a");
        _state = _state.WithState("a", EdgeNodeState.Draining, _clock.GetUtcNow());

        Assert.Empty(Beat("a").Swarms);
    }

    [Fact]
    public void Viewers_of_a_swarm_that_was_given_to_others_are_served_for_a_minute()
    {
        InfoHash moved = Run(6, "a", "b")["a"].Swarms[0].InfoHash;
        Run(4, "a", "b", "c", "d");
        // Found is one that a has lost to the new ones.
        InfoHash lost = Files
            .Select(static file => file.Content!.InfoHash)
            .First(swarm => _fleet.Find("a")!.Swarms.TryGetValue(swarm, out NodeSwarm? had) && !had.IsAssigned);
        _active = [new SwarmActivity(lost, 250, 0)];
        Run(6, "a", "b", "c", "d");
        Beat("a", Load(lost, 5));
        _active = [];
        Run(4, "b", "c", "d");

        Assert.Contains(Beat("a", Load(lost, 5)).Swarms, swarm => swarm.InfoHash == lost && !swarm.IsListed);
        _clock.Advance(TimeSpan.FromSeconds(61));
        Run(4, "b", "c", "d");
        Assert.DoesNotContain(Beat("a", Load(lost, 4)).Swarms, swarm => swarm.InfoHash == lost);
        Assert.NotEqual(default, moved);
    }

    [Fact]
    public void Peers_that_hold_everything_twice_for_a_minute_release_the_second_node_and_one_look_recalls_it()
    {
        _active = [new SwarmActivity(First, 30, 2)];
        Run(6, "a", "b");
        EdgeSwarmLoad held = Load(First, 20, copies: 2);

        int holders = 2;
        double seconds = 0;
        while (holders == 2)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            seconds += 2;
            holders = new[] { Beat("a", held), Beat("b", held) }.Count(order => Listed(order).Contains(First));
            Assert.True(seconds < 180, "it was never released");
        }
        Assert.InRange(seconds, 58, 180);

        // One left: a piece is held once, and so still whole.
        EdgeSwarmLoad thin = Load(First, 19, copies: 1);
        FleetOrder[] orders = [Beat("a", thin), Beat("b", thin), Beat("a", thin)];
        Assert.True(Listed(orders[1]).Contains(First) && Listed(orders[2]).Contains(First));
    }

    [Fact]
    public void Many_viewers_make_it_hot()
    {
        _active = [new SwarmActivity(First, 20, 0)];
        Run(4, "a", "b");

        Assert.True(Beat("a").Swarms.Single(swarm => swarm.InfoHash == First).IsHot);
        Assert.False(Beat("a").Swarms.First(swarm => swarm.InfoHash != First).IsHot);
    }

    [Fact]
    public void A_node_with_a_full_uplink_is_told_how_much_each_swarm_gets()
    {
        InfoHash second = Files[1].Content!.InfoHash;
        _active = [new SwarmActivity(First, 40, 0), new SwarmActivity(second, 1, 0)];
        long sent = 0;
        FleetOrder order = FleetOrder.Refused;
        for (int beat = 0; beat < 5; beat++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            sent += 1_000_000;
            order = _fleet.Report(
                new FleetReport(
                    "a",
                    false,
                    HeartbeatCheckTests.Heartbeat() with
                    {
                        CapacityBytesPerSecond = 1_000_000,
                        Swarms = [Load(First, 40) with { SentBytes = sent }, Load(second, 1) with { SentBytes = sent }],
                    },
                    []
                ),
                _state,
                Files,
                _active,
                swarm => swarm == First ? 5_000_000 : 0
            );
        }
        long first = order.Swarms.Single(swarm => swarm.InfoHash == First).UploadLimitBytesPerSecond;
        long other = order.Swarms.Single(swarm => swarm.InfoHash == second).UploadLimitBytesPerSecond;
        Assert.InRange(first + other, 990_000, 1_010_000);
        Assert.True(other >= 100_000, "everybody gets a part");
        Assert.All(
            order.Swarms.Where(swarm => swarm.InfoHash != First && swarm.InfoHash != second),
            static swarm => Assert.Equal(0, swarm.UploadLimitBytesPerSecond)
        );

        // Alone at half its uplink it is free again.
        _clock.Advance(TimeSpan.FromSeconds(20));
        order = Beat("a", HeartbeatCheckTests.Heartbeat() with { CapacityBytesPerSecond = 1_000_000 });
        Assert.All(order.Swarms, static swarm => Assert.Equal(0, swarm.UploadLimitBytesPerSecond));
    }
}
