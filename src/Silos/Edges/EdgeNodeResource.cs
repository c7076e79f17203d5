using System.Text.Json;
using Distribution.Contracts.Edges;

namespace Distribution.Silos.Edges;

/// <summary>A node in the API.</summary>
/// <param name="State">"active", "draining" or "retired".</param>
/// <param name="Enrolled">It has a key of its own.</param>
/// <param name="Alive">Heard within its lease.</param>
/// <param name="CapacityBytesPerSecond">0: without limit.</param>
/// <param name="Swarms">That it seeds now.</param>
/// <param name="SwarmsWithViewers">Of them those with viewers connected to it; a draining node is done at 0.</param>
internal sealed record EdgeNodeResource(
    string Id,
    string State,
    bool Enrolled,
    bool Alive,
    DateTimeOffset? LastHeardAt,
    string Region,
    IReadOnlyList<string> Endpoints,
    long CapacityBytesPerSecond,
    long UploadBytesPerSecond,
    int Connections,
    long CacheBytes,
    long CacheLimitBytes,
    int Swarms,
    int SwarmsWithViewers
)
{
    public static EdgeNodeResource From(FleetNode node) =>
        new(
            node.NodeId,
            JsonNamingPolicy.CamelCase.ConvertName(node.State.ToString()),
            node.IsEnrolled,
            node.IsAlive,
            node.LastHeard,
            node.Region,
            node.Endpoints,
            node.CapacityBytesPerSecond,
            node.UploadBytesPerSecond,
            node.Connections,
            node.CacheBytes,
            node.CacheLimitBytes,
            node.Swarms,
            node.SwarmsWithViewers
        );
}
