using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Contracts.Access;
using Distribution.Contracts.Edges;
using Distribution.Silos.State;
using Microsoft.AspNetCore.Http;

namespace Distribution.Silos.Edges;

/// <summary><c>POST /api/v1/edge/{node}/heartbeat</c>: a node's one call, in JSON.</summary>
internal sealed class HeartbeatEndpoint(IGrainFactory grains)
{
    /// <summary>A heartbeat with all that it may hold stays below.</summary>
    public const int MaxBodyBytes = 16 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public async Task<IResult> PostAsync(string node, HttpContext context)
    {
        if (!HeartbeatCheck.IsNodeId(node))
            return Refuse("a node id has 1 to 64 lower-case letters, digits, dots, hyphens and underscores");
        string? shownBy = context.User.FindFirst(EdgeNodeClaim.Name)?.Value;
        if (shownBy is not null && shownBy != node)
            return Forbid("a node may report as itself alone");
        EdgeHeartbeat? heartbeat;
        try
        {
            heartbeat = await JsonSerializer.DeserializeAsync<EdgeHeartbeat>(
                context.Request.Body,
                Json,
                context.RequestAborted
            );
        }
        catch (JsonException fault)
        {
            return Refuse($"not a heartbeat: {fault.Message}");
        }
        if (heartbeat is null)
            return Refuse("not a heartbeat: null");
        if (HasNulls(heartbeat) || HeartbeatCheck.FindProblem(heartbeat) is not null)
            return Refuse(HasNulls(heartbeat) ? "a field is null" : HeartbeatCheck.FindProblem(heartbeat)!);
        try
        {
            EdgeOrders? orders = await grains
                .GetGrain<IEdgeNodeGrain>(node)
                .HeartbeatAsync(
                    heartbeat,
                    context.Connection.RemoteIpAddress?.ToString() ?? "",
                    hasOwnKey: shownBy is not null
                );
            return orders is null
                ? Forbid("this node is retired, or has a key of its own and showed another")
                : Results.Json(orders, Json);
        }
        catch (StateUnavailableException fault)
        {
            // Nothing was booked for good: the node says the same again with its next heartbeat.
            return Results.Problem(
                fault.Message,
                statusCode: StatusCodes.Status503ServiceUnavailable,
                type: "state-unavailable"
            );
        }
    }

    // JSON can say null where the types do not allow it.
    private static bool HasNulls(EdgeHeartbeat heartbeat) =>
        heartbeat
            is { Epoch: null }
                or { Endpoints: null }
                or { Sends: null }
                or { Progress: null }
                or { Region: null }
                or { Swarms: null }
        || heartbeat.Swarms.Any(static swarm => swarm?.InfoHash is null)
        || heartbeat.Endpoints.Any(static endpoint => endpoint is null)
        || heartbeat.Sends.Any(static send => send?.InfoHash is null || send.Address is null)
        || heartbeat.Progress.Any(static peer => peer?.InfoHash is null || peer.PeerId is null || peer.Address is null);

    private static IResult Forbid(string why) =>
        Results.Problem(why, statusCode: StatusCodes.Status403Forbidden, type: "urn:distribution:problem:forbidden");

    private static IResult Refuse(string problem) =>
        Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest, type: "invalid-heartbeat");
}
