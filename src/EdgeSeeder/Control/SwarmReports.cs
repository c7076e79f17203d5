using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding;

namespace Distribution.EdgeSeeder.Control;

/// <summary>What the server knows of the node's swarms: only what is otherwise by now is told again.</summary>
internal sealed class SwarmReports(ISeedingEngine engine, PieceCache cache)
{
    private Dictionary<string, EdgeSwarmLoad> _known = [];

    /// <summary>Swarms that are not known as they are, at most <paramref name="most"/>; those that were ended with nothing but what is cached.</summary>
    public List<EdgeSwarmLoad> Changed(int most)
    {
        var now = new Dictionary<string, EdgeSwarmLoad>();
        foreach ((BitTorrent.InfoHash infoHash, long bytes) in cache.StoredBySwarm())
            now[infoHash.ToString()] = new EdgeSwarmLoad { InfoHash = infoHash.ToString(), CachedBytes = bytes };
        foreach (SwarmLoad load in engine.Loads())
        {
            string infoHash = load.InfoHash.ToString();
            now[infoHash] = (now.GetValueOrDefault(infoHash) ?? new EdgeSwarmLoad { InfoHash = infoHash }) with
            {
                Connections = load.Connections,
                SentBytes = load.PayloadBytesSent,
                PeerCopies = load.PeerCopies,
            };
        }
        foreach (string gone in _known.Keys.Where(infoHash => !now.ContainsKey(infoHash)))
            now[gone] = new EdgeSwarmLoad { InfoHash = gone };
        return
        [
            .. now.Values.Where(load => load != (_known.GetValueOrDefault(load.InfoHash) ?? Nothing(load))).Take(most),
        ];
    }

    /// <summary>Says that the server knows these.</summary>
    public void Know(IReadOnlyList<EdgeSwarmLoad> told)
    {
        foreach (EdgeSwarmLoad load in told)
        {
            if (load == Nothing(load))
                _known.Remove(load.InfoHash);
            else
                _known[load.InfoHash] = load;
        }
    }

    /// <summary>The server has forgotten all.</summary>
    public void Forget() => _known = [];

    private static EdgeSwarmLoad Nothing(EdgeSwarmLoad of) => new() { InfoHash = of.InfoHash };
}
