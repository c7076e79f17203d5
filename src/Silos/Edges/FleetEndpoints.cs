using System.Text.Json;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Edges;
using Distribution.Silos.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Edges;

/// <summary>
/// What the operator does with edges: <c>POST /api/v1/edge-tokens</c>, <c>GET /api/v1/edges</c>,
/// <c>POST /api/v1/edges/{node}/drain|activate|retire</c>; and what a new node asks, <c>POST /api/v1/edge-enrolments</c>, with its token alone.
/// </summary>
internal static class FleetEndpoints
{
    private const int MaxBodyBytes = 4096;
    private const int MaxTokenLength = 256;
    private const int ShortestSeconds = 60;
    private const int LongestSeconds = 30 * 24 * 3600;
    private const int DefaultSeconds = 24 * 3600;

    public static void MapFleet(this IEndpointRouteBuilder endpoints)
    {
        endpoints
            .MapPost("/api/v1/edge-tokens", CreateTokenAsync)
            .RequireAuthorization(AccessPolicies.Operate)
            .WithMetadata(new BodyLimit())
            .WithTags("Edges")
            .WithName("CreateEdgeToken")
            .WithSummary("A token that enrols one edge node, once")
            .Accepts<EdgeTokenWish>(isOptional: true, "application/json")
            .Produces<EdgeToken>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        endpoints
            .MapPost("/api/v1/edge-enrolments", EnrolAsync)
            .AllowAnonymous()
            .WithMetadata(new BodyLimit())
            .WithTags("Edges")
            .WithName("EnrolEdge")
            .WithSummary("Takes a node in that shows a token; its key is its own from then on")
            .Accepts<EdgeEnrolment>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        RouteGroupBuilder edges = endpoints
            .MapGroup("/api/v1/edges")
            .RequireAuthorization(AccessPolicies.Operate)
            .WithTags("Edges");
        edges
            .MapGet("", ListAsync)
            .WithName("ListEdges")
            .WithSummary("All edge nodes: state, load, cache")
            .Produces<EdgeNodeList>();
        Map("drain", EdgeNodeState.Draining, "Finish what its viewers are on and take nothing new");
        Map("activate", EdgeNodeState.Active, "Take swarms again");
        Map("retire", EdgeNodeState.Retired, "Revoke the node's key, for good");

        void Map(string verb, EdgeNodeState state, string summary) =>
            edges
                .MapPost(
                    $"/{{node}}/{verb}",
                    (string node, HttpContext context, [FromServices] IGrainFactory grains) =>
                        SetStateAsync(node, state, context, grains)
                )
                .WithName($"{char.ToUpperInvariant(verb[0])}{verb[1..]}Edge")
                .WithSummary(summary)
                .Produces<EdgeNodeResource>()
                .ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> CreateTokenAsync(HttpRequest request, [FromServices] IGrainFactory grains)
    {
        int seconds = DefaultSeconds;
        if (request.ContentLength > 0)
        {
            (EdgeTokenWish? wish, IResult? fault) = await ReadAsync<EdgeTokenWish>(request);
            if (fault is not null)
                return fault;
            seconds = wish!.ExpiresInSeconds ?? DefaultSeconds;
        }
        if (seconds is < ShortestSeconds or > LongestSeconds)
            return Invalid($"expiresInSeconds is from {ShortestSeconds} to {LongestSeconds}");
        return await GuardAsync(async () =>
        {
            EdgeToken token = await Fleet(grains).CreateTokenAsync(TimeSpan.FromSeconds(seconds));
            await LogAsync(request.HttpContext, grains, "edge.token-made", "");
            request.HttpContext.Response.Headers.CacheControl = "no-store";
            return Results.Json(token, JsonSerializerOptions.Web, statusCode: StatusCodes.Status201Created);
        });
    }

    private static async Task<IResult> EnrolAsync(HttpRequest request, [FromServices] IGrainFactory grains)
    {
        (EdgeEnrolment? enrolment, IResult? fault) = await ReadAsync<EdgeEnrolment>(request);
        if (fault is not null)
            return fault;
        if (enrolment is { Token: null } or { NodeId: null } or { KeyDigest: null })
            return Invalid("token, nodeId and keyDigest are needed");
        if (enrolment!.Token.Length > MaxTokenLength)
            return Invalid("the token is longer than any");
        return await GuardAsync(async () =>
            await Fleet(grains).EnrolAsync(enrolment) is { } refusal
                ? Problem(StatusCodes.Status409Conflict, "enrolment-refused", refusal)
                : Results.NoContent()
        );
    }

    private static Task<IResult> ListAsync([FromServices] IGrainFactory grains) =>
        GuardAsync(async () =>
            Results.Json(
                new EdgeNodeList([.. (await Fleet(grains).ListAsync()).Select(EdgeNodeResource.From)]),
                JsonSerializerOptions.Web
            )
        );

    private static Task<IResult> SetStateAsync(
        string node,
        EdgeNodeState state,
        HttpContext context,
        IGrainFactory grains
    ) =>
        GuardAsync(async () =>
        {
            try
            {
                if (!HeartbeatCheck.IsNodeId(node) || await Fleet(grains).SetStateAsync(node, state) is not { } now)
                    return Problem(StatusCodes.Status404NotFound, "unknown-edge", "No edge node has this id.");
                await LogAsync(context, grains, ActionOf(state), node);
                return Results.Json(EdgeNodeResource.From(now), JsonSerializerOptions.Web);
            }
            catch (InvalidOperationException fault)
            {
                return Problem(StatusCodes.Status409Conflict, "not-possible-now", fault.Message);
            }
        });

    private static string ActionOf(EdgeNodeState state) =>
        state switch
        {
            EdgeNodeState.Draining => "edge.drained",
            EdgeNodeState.Retired => "edge.retired",
            _ => "edge.activated",
        };

    private static Task LogAsync(HttpContext context, IGrainFactory grains, string action, string subject) =>
        grains
            .GetGrain<IAccountsGrain>(0)
            .LogAsync(
                new AuditEntry
                {
                    At = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
                    Actor = context.User.Identity?.Name ?? "nobody",
                    Action = action,
                    Subject = subject,
                    Address = context.Connection.RemoteIpAddress?.ToString() ?? "",
                }
            );

    private static IFleetGrain Fleet(IGrainFactory grains) => grains.GetGrain<IFleetGrain>(0);

    private static async Task<(T? Body, IResult? Fault)> ReadAsync<T>(HttpRequest request)
        where T : class
    {
        try
        {
            T? body = await JsonSerializer.DeserializeAsync<T>(
                request.Body,
                JsonSerializerOptions.Web,
                request.HttpContext.RequestAborted
            );
            return body is null ? (null, Invalid("the body is null")) : (body, null);
        }
        catch (JsonException fault)
        {
            return (null, Invalid($"the body is not understood: {fault.Message}"));
        }
    }

    private static async Task<IResult> GuardAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (StateUnavailableException fault)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", fault.Message);
        }
    }

    private static IResult Invalid(string detail) =>
        Problem(StatusCodes.Status400BadRequest, "invalid-request", detail);

    private static IResult Problem(int status, string name, string detail) =>
        Results.Problem(detail, statusCode: status, type: $"urn:distribution:problem:{name}");

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MaxBodyBytes;
    }
}
