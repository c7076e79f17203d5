using Distribution.BitTorrent;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>
/// Who seeds what. Every published swarm has one node at least, which answers for its metadata asleep or not; an active one has a second,
/// so that one may fail unnoticed, and another for each hundred leechers. A swarm that its peers sustain keeps one.
/// </summary>
internal static class FleetPlanner
{
    public const int LeechersPerNode = 100;

    /// <summary>What a node counts for that says no limit: a gigabit.</summary>
    private const double UnlimitedBytesPerSecond = 125e6;

    /// <summary>A node that has all of a swarm is as good as four that have nothing of it.</summary>
    private const double CacheFactor = 3;

    /// <summary>A node near the viewers is as good as four elsewhere.</summary>
    private const double RegionFactor = 4;

    /// <summary>By node, the swarms that it is given.</summary>
    public static Dictionary<string, HashSet<InfoHash>> Plan(
        IReadOnlyList<PlannedNode> nodes,
        IEnumerable<PlannedSwarm> swarms
    )
    {
        var plan = nodes.ToDictionary(static node => node.NodeId, static _ => new HashSet<InfoHash>());
        if (nodes.Count == 0)
            return plan;
        var scores = new double[nodes.Count];
        foreach (PlannedSwarm swarm in swarms)
        {
            int wanted = Math.Min(nodes.Count, NodesFor(swarm));
            if (wanted == nodes.Count)
            {
                foreach (HashSet<InfoHash> given in plan.Values)
                    given.Add(swarm.InfoHash);
                continue;
            }
            for (int i = 0; i < scores.Length; i++)
                scores[i] = Rendezvous.ScoreOf(nodes[i].NodeId, swarm.InfoHash, WeightOf(nodes[i], swarm));
            for (; wanted > 0; wanted--)
            {
                int best = Array.IndexOf(scores, scores.Max());
                plan[nodes[best].NodeId].Add(swarm.InfoHash);
                scores[best] = -1;
            }
        }
        return plan;
    }

    public static int NodesFor(in PlannedSwarm swarm) =>
        swarm.Leechers == 0 || swarm.PeersSustainIt ? 1 : 2 + (swarm.Leechers - 1) / LeechersPerNode;

    private static double WeightOf(PlannedNode node, in PlannedSwarm swarm)
    {
        double weight = node.CapacityBytesPerSecond > 0 ? node.CapacityBytesPerSecond : UnlimitedBytesPerSecond;
        if (swarm.SizeBytes > 0)
            weight *= 1 + CacheFactor * Math.Min(1, (double)node.CachedBytesOf(swarm.InfoHash) / swarm.SizeBytes);
        if (swarm.Country.Length > 0 && swarm.Country.Equals(node.Region, StringComparison.OrdinalIgnoreCase))
            weight *= RegionFactor;
        return weight;
    }
}
