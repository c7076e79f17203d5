using System.Net;
using System.Text.RegularExpressions;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Edges;

/// <summary>Looks at everything that a node sends before any of it is used: a node is known, not trusted to be free of faults.</summary>
public static partial class HeartbeatCheck
{
    public const int MaxEndpoints = 8;

    /// <summary>Of one heartbeat; a node with more sends them over several.</summary>
    public const int MaxSends = 20_000;
    public const int MaxProgress = 20_000;
    public const int MaxSwarms = 50_000;
    public const int MaxRegionLength = 64;

    /// <summary>Lower-case letters, digits, dots, hyphens and underscores; 1 to 64 of them.</summary>
    public static bool IsNodeId(string nodeId) => NodeId().IsMatch(nodeId);

    /// <summary>What is wrong with the heartbeat; null: nothing.</summary>
    public static string? FindProblem(EdgeHeartbeat heartbeat)
    {
        if (!Epoch().IsMatch(heartbeat.Epoch))
            return "epoch is not 16 hexadecimal digits";
        if (heartbeat.Sequence < 0)
            return "sequence is negative";
        if (heartbeat.Port is < 0 or > ushort.MaxValue)
            return "port is not 0 to 65535";
        if (
            heartbeat.Connections < 0
            || heartbeat.CacheBytes < 0
            || heartbeat.CacheLimitBytes < 0
            || heartbeat.CapacityBytesPerSecond < 0
            || heartbeat.AuditBytes < 0
        )
            return "a load figure is negative";
        if (heartbeat.Endpoints.Count > MaxEndpoints)
            return $"more than {MaxEndpoints} endpoints";
        if (heartbeat.Sends.Count > MaxSends)
            return $"more than {MaxSends} sends";
        if (heartbeat.Progress.Count > MaxProgress)
            return $"more than {MaxProgress} peers' progress";
        if (heartbeat.Swarms.Count > MaxSwarms)
            return $"more than {MaxSwarms} swarms";
        if (heartbeat.Region.Length > MaxRegionLength || heartbeat.Region.Any(char.IsControl))
            return $"region has more than {MaxRegionLength} characters, or some that are not printed";
        if (heartbeat.Swarms.Any(IsFaulty))
            return "a swarm has no info-hash of 40 hexadecimal digits, or a negative figure";
        foreach (string endpoint in heartbeat.Endpoints)
        {
            if (!IPEndPoint.TryParse(endpoint, out IPEndPoint? parsed) || parsed.Port == 0)
                return "an endpoint is not address:port";
        }
        foreach (SendCounter counter in heartbeat.Sends)
        {
            if (!CheckedCounter.TryParse(counter, out _, out string? problem))
                return $"sends: {problem}";
            if (
                counter.Kind
                is not (SendKind.Edge or SendKind.EdgeFill or SendKind.EdgeMetadata or SendKind.EdgeOverhead)
            )
                return "sends: an edge counts edge, edgeFill, edgeMetadata and edgeOverhead only";
        }
        foreach (PeerProgress progress in heartbeat.Progress)
        {
            if (FindProblem(progress) is { } problem)
                return $"progress: {problem}";
        }
        return null;
    }

    private static bool IsFaulty(EdgeSwarmLoad swarm) =>
        !InfoHash.TryParse(swarm.InfoHash, null, out _)
        || swarm.CachedBytes < 0
        || swarm.Connections < 0
        || swarm.SentBytes < 0
        || swarm.PeerCopies < 0;

    private static string? FindProblem(PeerProgress progress) =>
        !InfoHash.TryParse(progress.InfoHash, null, out _) ? "info-hash is not 40 hexadecimal digits"
        : !PeerId.TryParse(progress.PeerId, null, out _) ? "peer id is not 40 hexadecimal digits"
        : !IPAddress.TryParse(progress.Address, out _) ? "address is no IP address"
        : progress.ListenPort is < 0 or > ushort.MaxValue ? "port is not 0 to 65535"
        : progress.Audits is { Confirmed: < 0 } or { Unanswered: < 0 } or { Wrong: < 0 } ? "an audit count is negative"
        : progress.FirstHaveBytes < 0 || progress.HaveBytes < 0 ? "bytes are negative"
        : null;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex NodeId();

    [GeneratedRegex(@"\A[0-9a-f]{16}\z")]
    private static partial Regex Epoch();
}
