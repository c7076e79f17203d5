using System.Globalization;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Tests.Swarms.Networks;

namespace Distribution.Silos.Tests.Swarms.Selection;

/// <summary>2,000 viewers in 40 networks of skewed sizes announce again and again: whom they are told of holds the swarm together.</summary>
public sealed class ConnectivityTests
{
    private const int Viewers = 2000;
    private const int Networks = 40;
    private const int Rounds = 3;

    [Theory]
    [InlineData(25, true, 1)]
    [InlineData(25, false, 2)]
    [InlineData(1, true, 3)]
    public void The_swarm_is_one_and_everybody_is_known(int outsidersPercent, bool knowsNetworks, int seed)
    {
        Graph graph = Announce(new SelectionOptions { OutsidersPercent = outsidersPercent }, knowsNetworks, seed);

        Assert.Equal(Viewers, graph.Reached());
        Assert.All(graph.Told, static told => Assert.True(told > 0));
        // The last network has a few viewers; each of them is told to others as well.
        Assert.True(graph.SmallestNetwork is > 0 and < 20);
    }

    [Fact]
    public void Most_links_are_near_where_there_are_neighbours()
    {
        double random = Announce(new SelectionOptions { Policies = [] }, knowsNetworks: true, seed: 4).NearShare;
        double near = Announce(new SelectionOptions(), knowsNetworks: true, seed: 4).NearShare;
        double possible = Announce(new SelectionOptions(), knowsNetworks: true, seed: 4).NearPossible;

        Assert.InRange(random, 0.03, 0.15);
        Assert.InRange(near, 4 * random, 1.0);
        // Three quarters of the places, or as many neighbours as there are; some are hidden by others of their network.
        Assert.InRange(near, 0.75 * possible, 1.1 * possible);
    }

    [Fact]
    public void The_same_chances_give_the_same_swarm()
    {
        Graph once = Announce(new SelectionOptions(), knowsNetworks: true, seed: 5);
        Graph again = Announce(new SelectionOptions(), knowsNetworks: true, seed: 5);
        Graph other = Announce(new SelectionOptions(), knowsNetworks: true, seed: 6);

        Assert.Equal(once.Links, again.Links);
        Assert.NotEqual(once.Links, other.Links);
    }

    private static Graph Announce(SelectionOptions options, bool knowsNetworks, int seed)
    {
        var networks = new PeerNetworks(
            new TableOfNetworks(static address => new NetworkFacts((uint)address[0], (ushort)(1 + address[0] % 8)))
        );
        var swarm = new SelectedSwarm(options, knowsNetworks ? networks : null, seed);
        var random = new Random(seed);
        var endpoints = new string[Viewers];
        var numbers = new Dictionary<string, int>();
        for (int i = 0; i < Viewers; i++)
        {
            do endpoints[i] =
                $"{20 + (int)(Networks * Math.Pow(random.NextDouble(), 2.5))}.{random.Next(8) * 16}.{random.Next(32)}.{random.Next(1, 255)}:{random.Next(1, 1000)}";
            while (!numbers.TryAdd(endpoints[i], i));
            swarm.Add(endpoints[i], i % 10 == 0 ? 1 : 0.5);
        }
        var graph = new Graph([.. endpoints.Select(NetworkOf)]);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Viewers; i++)
            {
                swarm.Add(endpoints[i], i % 10 == 0 ? 1 : 0.5);
                graph.Add(i, [.. swarm.Tell(endpoints[i]).Select(one => numbers[one])], isSeed: i % 10 == 0);
            }
        }
        return graph;
    }

    private static int NetworkOf(string endpoint) => int.Parse(endpoint.Split('.')[0], CultureInfo.InvariantCulture);

    /// <summary>Who was told of whom.</summary>
    private sealed class Graph(int[] networks)
    {
        private readonly List<int>[] _neighbours = [.. networks.Select(static _ => new List<int>())];
        private readonly Dictionary<int, int> _sizes = networks.CountBy(static network => network).ToDictionary();
        private long _near;
        private long _possible;

        public List<(int From, int To)> Links { get; } = [];

        public int[] Told { get; } = new int[networks.Length];

        public double NearShare => (double)_near / Links.Count;

        public double NearPossible => (double)_possible / Links.Count;

        public int SmallestNetwork => _sizes.Values.Min();

        public void Add(int from, int[] told, bool isSeed)
        {
            foreach (int to in told)
            {
                Links.Add((from, to));
                Told[to]++;
                _neighbours[from].Add(to);
                _neighbours[to].Add(from);
                _near += networks[from] == networks[to] ? 1 : 0;
            }
            // Of a seed's neighbours nine in ten are leechers.
            _possible += Math.Min(told.Length * 3 / 4, (_sizes[networks[from]] - 1) * (isSeed ? 9 : 10) / 10);
        }

        /// <summary>How many can be come to from the first.</summary>
        public int Reached()
        {
            var seen = new HashSet<int> { 0 };
            var open = new Queue<int>([0]);
            while (open.TryDequeue(out int one))
            {
                foreach (int next in _neighbours[one])
                {
                    if (seen.Add(next))
                        open.Enqueue(next);
                }
            }
            return seen.Count;
        }
    }
}
