using Distribution.Silos.Edges.Rates;

namespace Distribution.Benchmarks.Allocation;

/// <summary>How an edge's uplink is divided among its swarms.</summary>
internal abstract class AllocationPolicy
{
    public abstract string Name { get; }

    /// <summary>Of each swarm its limit until the next round, in bytes a second.</summary>
    public abstract double[] Divide(double capacity, IReadOnlyList<SimulatedSwarm> swarms);

    public static AllocationPolicy[] All() =>
        [
            new ByWeight("equal split", static _ => 1),
            new ByWeight("proportional to viewers", static swarm => swarm.Viewers.Count),
            new Marginal("marginal benefit, learned", static swarm => swarm.Learned.Segments()),
            new Marginal("marginal benefit, told the truth", static swarm => swarm.TrueSegments()),
        ];

    /// <summary>Nobody gets more than it was seen to use and a quarter; what is left goes to the others by their weights.</summary>
    private sealed class ByWeight(string name, Func<SimulatedSwarm, double> weightOf) : AllocationPolicy
    {
        public override string Name => name;

        public override double[] Divide(double capacity, IReadOnlyList<SimulatedSwarm> swarms)
        {
            var parts = new double[swarms.Count];
            var open = Enumerable.Range(0, swarms.Count).ToList();
            double left = capacity;
            while (open.Count > 0 && left > 1)
            {
                double weights = open.Sum(i => weightOf(swarms[i]));
                double round = left;
                var next = new List<int>();
                foreach (int i in open)
                {
                    double share = round * weightOf(swarms[i]) / weights;
                    double most = swarms[i].Learned.Segments().Sum(static segment => segment.BytesPerSecond);
                    double given = Math.Min(share, Math.Max(0, most - parts[i]));
                    parts[i] += given;
                    left -= given;
                    if (given >= share)
                        next.Add(i);
                }
                if (next.Count == open.Count)
                    break;
                open = next;
            }
            // As the product does with what nobody is known to use.
            return [.. parts.Select(part => part + left / swarms.Count)];
        }
    }

    private sealed class Marginal(string name, Func<SimulatedSwarm, IReadOnlyList<ResponseSegment>> responseOf)
        : AllocationPolicy
    {
        public override string Name => name;

        public override double[] Divide(double capacity, IReadOnlyList<SimulatedSwarm> swarms) =>
            BandwidthAllocator.Divide(capacity, [.. swarms.Select(responseOf)]);
    }
}
