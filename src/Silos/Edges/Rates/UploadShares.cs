using Distribution.BitTorrent;
using Distribution.Silos.Edges.Fleet;

namespace Distribution.Silos.Edges.Rates;

/// <summary>The limits that nodes with a full uplink get for their swarms. A node that has room gets none.</summary>
internal sealed class UploadShares
{
    private const double Busy = 0.8;
    private const double Idle = 0.5;

    private readonly Dictionary<string, NodeShares> _nodes = [];

    /// <summary>Whether the node's own limit is what holds it back.</summary>
    public static bool IsBusy(FleetMember member) =>
        member.CapacityBytesPerSecond > 0 && member.UploadBytesPerSecond >= Busy * member.CapacityBytesPerSecond;

    /// <summary>Bytes a second, of each active swarm of the node; none: it has room for all.</summary>
    /// <param name="peerRates">What peers of a swarm bring each other through what this node sends, bytes a second.</param>
    public IReadOnlyDictionary<InfoHash, long> For(
        FleetMember member,
        IReadOnlyDictionary<InfoHash, SwarmActivity> active,
        Func<InfoHash, long> peerRates
    )
    {
        bool wasLimited = _nodes.TryGetValue(member.NodeId, out NodeShares? shares);
        if (!IsBusy(member) && (!wasLimited || member.UploadBytesPerSecond < Idle * member.CapacityBytesPerSecond))
        {
            _nodes.Remove(member.NodeId);
            return new Dictionary<InfoHash, long>();
        }
        shares ??= _nodes[member.NodeId] = new NodeShares();
        return shares.Divide(member, active, peerRates);
    }

    /// <summary>The node is gone.</summary>
    public void Forget(string nodeId) => _nodes.Remove(nodeId);

    private sealed class NodeShares
    {
        private readonly Dictionary<InfoHash, SwarmResponse> _responses = [];
        private Dictionary<InfoHash, long> _limits = [];

        public Dictionary<InfoHash, long> Divide(
            FleetMember member,
            IReadOnlyDictionary<InfoHash, SwarmActivity> active,
            Func<InfoHash, long> peerRates
        )
        {
            List<InfoHash> swarms =
            [
                .. member.Swarms.Where(static swarm => swarm.Value.Connections > 0).Select(static swarm => swarm.Key),
            ];
            foreach (InfoHash gone in _responses.Keys.Except(swarms).ToList())
                _responses.Remove(gone);
            foreach (InfoHash swarm in swarms)
            {
                if (!_responses.TryGetValue(swarm, out SwarmResponse? response))
                    _responses[swarm] = response = new SwarmResponse();
                int leechers = active.TryGetValue(swarm, out SwarmActivity? seen) ? seen.Leechers : 1;
                response.Observe(
                    Math.Max(1, leechers),
                    _limits.GetValueOrDefault(swarm),
                    member.Swarms[swarm].BytesPerSecond,
                    peerRates(swarm)
                );
            }
            double[] parts = BandwidthAllocator.Divide(
                member.CapacityBytesPerSecond,
                [.. swarms.Select(swarm => _responses[swarm].Segments())]
            );
            return _limits = swarms
                .Zip(parts)
                .ToDictionary(static one => one.First, static one => (long)one.Second + 1);
        }
    }
}
