using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Operating;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/server/peers</c>: the operator's switch for peer-to-peer.</summary>
internal static class ServerPeersEndpoints
{
    public static void MapServerPeers(this RouteGroupBuilder server)
    {
        server
            .MapGet("/server/peers", GetAsync)
            .WithTags("Server")
            .WithName("GetServerPeers")
            .WithSummary("Where the operator has switched peer-to-peer off")
            .Produces<ServerPeersResource>()
            .Refuses();
        server
            .MapPut("/server/peers", PutAsync)
            .WithTags("Server")
            .WithName("SetServerPeers")
            .WithSummary("Switch peer-to-peer off or on for the whole server: announces then name edges alone")
            .Accepts<ServerPeersWish>("application/json")
            .Produces<ServerPeersResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> GetAsync([FromServices] PeerSwitching peers) => Answer(await peers.ReadAsync());

    private static async Task<IResult> PutAsync(HttpRequest request, [FromServices] PeerSwitching peers)
    {
        if (await SmallJson.ReadAsync<ServerPeersWish>(request) is not { Off: { } isOff })
            return Problems.Invalid("Send a JSON object with \"off\": true or false.");
        PeerSwitch now = await peers.ReadAsync();
        if (EntityTags.Refusal(request, Of(now)) is { } refusal)
            return refusal;
        return await peers.SetForAllAsync(isOff, EntityTags.IsConditional(request) ? now : null) is { } then
            ? Answer(then)
            : Problems.Changed();
    }

    private static IResult Answer(PeerSwitch peers) => Results.Ok(Of(peers));

    private static ServerPeersResource Of(PeerSwitch peers) => new(peers.IsOffForAll, peers.PublishersOff);
}
