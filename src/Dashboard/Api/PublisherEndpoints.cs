using Distribution.Contracts.Accounts;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Members;
using Distribution.Dashboard.Operating;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary>What only who runs the server may: publishers, and the whole audit log.</summary>
internal static class PublisherEndpoints
{
    private const long ServersQuota = -1;

    public static void MapPublishers(this RouteGroupBuilder server)
    {
        server
            .MapGet("/publishers", ListAsync)
            .WithTags("Server")
            .WithName("ListPublishers")
            .WithSummary("All publishers of the server")
            .Produces<ItemList<PublisherResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        server
            .MapPost("/publishers", CreateAsync)
            .WithTags("Server")
            .WithName("CreatePublisher")
            .WithSummary("A new publisher, and the invitation for its first owner")
            .Accepts<PublisherWish>("application/json")
            .Produces<PublisherResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        server
            .MapGet("/publishers/{id}", GetAsync)
            .WithTags("Server")
            .WithName("GetPublisher")
            .WithSummary("One publisher")
            .Produces<PublisherResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        server
            .MapPatch("/publishers/{id}", PatchAsync)
            .WithTags("Server")
            .WithName("ChangePublisher")
            .WithSummary("Give a publisher a quota, or switch peer-to-peer off or on for its files")
            .Accepts<PublisherPatch>("application/json")
            .Produces<PublisherResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        server
            .MapGet("/server/audit", GetAuditAsync)
            .WithName("GetServerAudit")
            .WithSummary("Who did what on the whole server, newest first")
            .DescribesAudit();
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] ListAsk ask,
        [FromServices] PublisherQuotas quotas,
        [FromServices] PeerSwitching peers
    )
    {
        PeerSwitch now = await peers.ReadAsync();
        return ask.Page(
            await quotas.ListAsync(),
            static publisher => $"{publisher.Name}\n{publisher.Id}",
            one => Describe(one, quotas, now)
        );
    }

    private static async Task<IResult> PatchAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherQuotas quotas,
        [FromServices] PeerSwitching peers
    )
    {
        PublisherPatch? patch = await SmallJson.ReadAsync<PublisherPatch>(request);
        if (patch is null or { QuotaBytes: < ServersQuota or > PublisherQuotas.MaxQuotaBytes })
            return Problems.Invalid(
                "Send a JSON object with \"quotaBytes\" (0: none, -1: the server's), \"peersOff\" (true or false), or both."
            );
        if (await quotas.FindAsync(id) is not { } publisher)
            return Problems.NoSuch("publisher");
        PublisherResource seen = Describe(publisher, quotas, await peers.ReadAsync());
        if (EntityTags.Refusal(request, seen) is { } refusal)
            return refusal;
        AccountChange change = await quotas.ChangeAsync(
            publisher,
            patch.QuotaBytes is { } bytes ? new PublisherChange.QuotaWish(bytes == ServersQuota ? null : bytes) : null,
            patch.PeersOff,
            EntityTags.IsConditional(request) ? new PublisherTerms(publisher.QuotaBytes, seen.PeersOff) : null
        );
        return change == AccountChange.Conflict ? Problems.Changed() : await GetAsync(id, quotas, peers);
    }

    private static async Task<IResult> GetAsync(
        string id,
        [FromServices] PublisherQuotas quotas,
        [FromServices] PeerSwitching peers
    ) =>
        await quotas.FindAsync(id) is { } publisher
            ? Results.Ok(Describe(publisher, quotas, await peers.ReadAsync()))
            : Problems.NoSuch("publisher");

    private static async Task<IResult> CreateAsync(
        HttpContext context,
        [FromServices] PublisherMembers members,
        [FromServices] PublisherQuotas quotas,
        [FromServices] PeerSwitching peers
    )
    {
        PublisherWish? wish = await SmallJson.ReadAsync<PublisherWish>(context.Request);
        (NewInvitation? owner, Refusal? error) = await members.CreatePublisherAsync(wish?.Name);
        if (owner is null)
            return Problems.Invalid(error!.ToString());
        Publisher made = (await members.ListPublishersAsync()).First(one => one.Id == owner.Invitation.PublisherId);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            Describe(made, quotas, await peers.ReadAsync()) with
            {
                OwnerInvitation = owner.Url,
            },
            statusCode: StatusCodes.Status201Created
        );
    }

    private static PublisherResource Describe(Publisher publisher, PublisherQuotas quotas, PeerSwitch peers) =>
        PublisherResource.Of(publisher, quotas.ServerQuotaBytes, peers.PublishersOff.Contains(publisher.Id));

    private static Task<IResult> GetAuditAsync(
        [FromServices] IGrainFactory grains,
        [FromQuery] string? cursor,
        [FromQuery] string? limit
    ) => AuditEndpoints.ListAsync(grains, null, cursor, limit);
}
