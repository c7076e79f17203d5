using Distribution.BitTorrent;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Edges;

public sealed class FleetPlannerTests
{
    private const long Size = 1000;

    private static readonly PlannedSwarm[] Sleeping =
    [
        .. Enumerable.Range(0, 3000).Select(static i => Swarm($"swarm {i}")),
    ];

    private static PlannedSwarm Swarm(string name, int leechers = 0, string country = "", bool sustained = false) =>
        new(LedgerHarness.HashOf(name), Size, leechers, country, sustained);

    private static PlannedNode Node(
        string id,
        string region = "",
        long capacity = 0,
        Func<InfoHash, long>? cached = null
    ) => new(id, region, capacity, cached ?? (static _ => 0));

    private static IReadOnlyList<string> NodesOf(Dictionary<string, HashSet<InfoHash>> plan, PlannedSwarm swarm) =>
        [.. plan.Where(node => node.Value.Contains(swarm.InfoHash)).Select(static node => node.Key)];

    [Fact]
    public void A_node_alone_seeds_everything()
    {
        Assert.Equal(Sleeping.Length, FleetPlanner.Plan([Node("a")], Sleeping)["a"].Count);
    }

    [Fact]
    public void A_sleeping_swarm_has_one_node_and_an_active_one_more_by_its_leechers()
    {
        PlannedNode[] nodes = [Node("a"), Node("b"), Node("c"), Node("d")];
        PlannedSwarm[] swarms =
        [
            Swarm("asleep"),
            Swarm("one", 1),
            Swarm("hundred", 100),
            Swarm("more", 101),
            Swarm("many", 100_000),
            Swarm("sustained", 500, sustained: true),
        ];

        Dictionary<string, HashSet<InfoHash>> plan = FleetPlanner.Plan(nodes, swarms);

        Assert.Equal([1, 2, 2, 3, 4, 1], swarms.Select(swarm => NodesOf(plan, swarm).Count));
    }

    [Fact]
    public void Swarms_are_spread_evenly_or_by_capacity()
    {
        Dictionary<string, HashSet<InfoHash>> even = FleetPlanner.Plan([Node("a"), Node("b"), Node("c")], Sleeping);
        Assert.All(even.Values, static swarms => Assert.InRange(swarms.Count, 900, 1100));

        Dictionary<string, HashSet<InfoHash>> uneven = FleetPlanner.Plan(
            [Node("a", capacity: 30_000_000), Node("b", capacity: 10_000_000)],
            Sleeping
        );
        Assert.InRange(uneven["a"].Count, 2100, 2400);
    }

    [Fact]
    public void A_node_that_comes_or_goes_moves_only_what_it_takes_or_had()
    {
        Dictionary<string, HashSet<InfoHash>> three = FleetPlanner.Plan([Node("a"), Node("b"), Node("c")], Sleeping);
        Dictionary<string, HashSet<InfoHash>> two = FleetPlanner.Plan([Node("a"), Node("b")], Sleeping);

        Assert.Superset(three["a"], two["a"]);
        Assert.Superset(three["b"], two["b"]);
        Assert.Equal(three["c"].Count, two["a"].Count + two["b"].Count - three["a"].Count - three["b"].Count);
    }

    [Fact]
    public void Who_has_it_or_stands_near_is_preferred()
    {
        PlannedSwarm[] swarms = [.. Sleeping.Select(static swarm => swarm with { Country = "DE" })];

        int cached = FleetPlanner.Plan([Node("a", cached: static _ => Size), Node("b")], Sleeping)["a"].Count;
        int near = FleetPlanner.Plan([Node("a", "de"), Node("b", "US")], swarms)["a"].Count;

        Assert.InRange(cached, 2250, 2550);
        Assert.InRange(near, 2250, 2550);
    }

    [Fact]
    public void Nobody_is_given_anything_where_there_is_nobody()
    {
        Assert.Empty(FleetPlanner.Plan([], Sleeping));
    }
}
