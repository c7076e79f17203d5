using System.Net;

namespace Distribution.EdgeSeeder.Seeding.Exchange;

/// <summary>Who of a swarm can be named to others, looked up every few seconds for all of them. Any thread.</summary>
internal sealed class SwarmPeers(Func<IEnumerable<ReachablePeer>> connected, TimeProvider clock)
{
    private static readonly TimeSpan _keep = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _madeAt;
    private IReadOnlyDictionary<IPEndPoint, ReachablePeer>? _peers;

    public IReadOnlyDictionary<IPEndPoint, ReachablePeer> Now
    {
        get
        {
            lock (_gate)
            {
                if (_peers is not null && clock.GetElapsedTime(_madeAt) < _keep)
                    return _peers;
                var peers = new Dictionary<IPEndPoint, ReachablePeer>();
                foreach (ReachablePeer peer in connected())
                    peers[peer.Endpoint] = peer;
                _madeAt = clock.GetTimestamp();
                return _peers = peers;
            }
        }
    }
}
