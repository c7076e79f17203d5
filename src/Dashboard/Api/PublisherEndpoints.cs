using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary>What only who runs the server may: publishers, and the whole audit log.</summary>
internal static class PublisherEndpoints
{
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
            .MapGet("/server/audit", GetAuditAsync)
            .WithName("GetServerAudit")
            .WithSummary("Who did what on the whole server, newest first")
            .DescribesAudit();
    }

    private static async Task<IResult> ListAsync([AsParameters] ListAsk ask, [FromServices] PublisherMembers members) =>
        ask.Page(
            await members.ListPublishersAsync(),
            static publisher => $"{publisher.Name}\n{publisher.Id}",
            PublisherResource.Of
        );

    private static async Task<IResult> CreateAsync(HttpContext context, [FromServices] PublisherMembers members)
    {
        PublisherWish? wish = await SmallJson.ReadAsync<PublisherWish>(context.Request);
        (NewInvitation? owner, string? error) = await members.CreatePublisherAsync(wish?.Name);
        if (owner is null)
            return Problems.Invalid(error!);
        Publisher made = (await members.ListPublishersAsync()).First(one => one.Id == owner.Invitation.PublisherId);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            PublisherResource.Of(made) with
            {
                OwnerInvitation = owner.Url,
            },
            statusCode: StatusCodes.Status201Created
        );
    }

    private static Task<IResult> GetAuditAsync(
        [FromServices] IGrainFactory grains,
        [FromQuery] string? cursor,
        [FromQuery] string? limit
    ) => AuditEndpoints.ListAsync(grains, null, cursor, limit);
}
