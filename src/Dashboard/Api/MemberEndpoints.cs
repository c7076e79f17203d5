using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/members</c> and <c>/api/v1/invitations</c>.</summary>
internal static class MemberEndpoints
{
    private const string RoleError = "Send a JSON object with \"role\": \"owner\", \"editor\" or \"analyst\".";

    public static void MapMembers(this RouteGroupBuilder own)
    {
        RouteGroupBuilder members = own.MapGroup("/members").WithTags("Members");
        members
            .MapGet("", ListAsync)
            .WithName("ListMembers")
            .WithSummary("The publisher's members")
            .Produces<ItemList<MemberResource>>()
            .Refuses();
        members
            .MapPatch("/{id}", PatchAsync)
            .WithName("ChangeMember")
            .WithSummary("Give a member another role")
            .Accepts<MemberPatch>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        members
            .MapDelete("/{id}", DeleteAsync)
            .WithName("RemoveMember")
            .WithSummary("Remove a member: what they may do ends at once")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        RouteGroupBuilder invitations = own.MapGroup("/invitations").WithTags("Members");
        invitations
            .MapGet("", ListInvitationsAsync)
            .WithName("ListInvitations")
            .WithSummary("Invitations that nobody has used")
            .Produces<ItemList<InvitationResource>>()
            .Refuses();
        invitations
            .MapPost("", InviteAsync)
            .WithName("CreateInvitation")
            .WithSummary("A link that makes whoever opens it a member, once and within seven days")
            .Accepts<InvitationWish>("application/json")
            .Produces<InvitationResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        invitations
            .MapDelete("/{id}", WithdrawAsync)
            .WithName("WithdrawInvitation")
            .WithSummary("Withdraw an invitation that nobody has used")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>What every call about access answers to credentials that are missing or not enough.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<IResult> ListAsync([FromServices] PublisherMembers members) =>
        Results.Ok(new ItemList<MemberResource>([.. (await members.ListAsync()).Select(MemberResource.Of)]));

    private static async Task<IResult> PatchAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherMembers members
    ) =>
        PublisherMembers.TryReadRole((await SmallJson.ReadAsync<MemberPatch>(request))?.Role, out MemberRole role)
            ? Answer(await members.ChangeAsync(id, role))
            : Problems.Invalid(RoleError);

    private static async Task<IResult> DeleteAsync(string id, [FromServices] PublisherMembers members) =>
        Answer(await members.ChangeAsync(id, null));

    private static async Task<IResult> ListInvitationsAsync([FromServices] PublisherMembers members) =>
        Results.Ok(
            new ItemList<InvitationResource>([
                .. (await members.ListInvitationsAsync()).Select(invitation => InvitationResource.Of(invitation)),
            ])
        );

    private static async Task<IResult> InviteAsync(HttpContext context, [FromServices] PublisherMembers members)
    {
        InvitationWish? wish = await SmallJson.ReadAsync<InvitationWish>(context.Request);
        if (!PublisherMembers.TryReadRole(wish?.Role, out MemberRole role))
            return Problems.Invalid(RoleError);
        NewInvitation made = await members.InviteAsync(role, wish!.Note ?? "");
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(InvitationResource.Of(made.Invitation, made.Url), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> WithdrawAsync(string id, [FromServices] PublisherMembers members) =>
        await members.WithdrawAsync(id) ? Results.NoContent() : Problems.NoSuch("invitation");

    private static IResult Answer(AccountChange change) =>
        change switch
        {
            AccountChange.Done => Results.NoContent(),
            AccountChange.LastOwner => Problems.LastOwner(),
            _ => Problems.NoSuch("member"),
        };
}
