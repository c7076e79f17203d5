using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Conditions;
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
            .WithSummary("The publisher's members, the oldest first")
            .Produces<ItemList<MemberResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        members
            .MapGet("/{id}", GetAsync)
            .WithName("GetMember")
            .WithSummary("One member")
            .Produces<MemberResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
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
            .WithSummary("Invitations that nobody has used, newest first")
            .Produces<ItemList<InvitationResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        invitations
            .MapGet("/{id}", GetInvitationAsync)
            .WithName("GetInvitation")
            .WithSummary("One invitation that nobody has used, without its link")
            .Produces<InvitationResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
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

    private static async Task<IResult> ListAsync([AsParameters] ListAsk ask, [FromServices] PublisherMembers members) =>
        ask.Page(
            await members.ListAsync(),
            static member => ListAsk.OldestFirst(member.Since, member.AccountId),
            MemberResource.Of
        );

    private static async Task<IResult> GetAsync(string id, [FromServices] PublisherMembers members) =>
        await FindAsync(members, id) is { } member ? Results.Ok(MemberResource.Of(member)) : Problems.NoSuch("member");

    private static async Task<IResult> PatchAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherMembers members
    ) =>
        PublisherMembers.TryReadRole((await SmallJson.ReadAsync<MemberPatch>(request))?.Role, out MemberRole role)
            ? await ChangeAsync(id, role, request, members)
            : Problems.Invalid(RoleError);

    private static Task<IResult> DeleteAsync(string id, HttpRequest request, [FromServices] PublisherMembers members) =>
        ChangeAsync(id, null, request, members);

    private static async Task<IResult> ChangeAsync(
        string id,
        MemberRole? role,
        HttpRequest request,
        PublisherMembers members
    )
    {
        if (await FindAsync(members, id) is not { } member)
            return Problems.NoSuch("member");
        if (EntityTags.Refusal(request, MemberResource.Of(member)) is { } refusal)
            return refusal;
        MemberRole? ifStill = EntityTags.IsConditional(request) ? member.Role : null;
        return await members.ChangeAsync(id, role, ifStill) switch
        {
            AccountChange.Done => Results.NoContent(),
            AccountChange.LastOwner => Problems.LastOwner(),
            AccountChange.Conflict => Problems.Changed(),
            _ => Problems.NoSuch("member"),
        };
    }

    private static async Task<Member?> FindAsync(PublisherMembers members, string id) =>
        (await members.ListAsync()).FirstOrDefault(member => member.AccountId == id);

    private static async Task<IResult> ListInvitationsAsync(
        [AsParameters] ListAsk ask,
        [FromServices] PublisherMembers members
    ) =>
        ask.Page(
            await members.ListInvitationsAsync(),
            static invitation => ListAsk.NewestFirst(invitation.ExpiresAt, invitation.Id),
            static invitation => InvitationResource.Of(invitation)
        );

    private static async Task<IResult> GetInvitationAsync(string id, [FromServices] PublisherMembers members) =>
        await FindInvitationAsync(members, id) is { } invitation
            ? Results.Ok(InvitationResource.Of(invitation))
            : Problems.NoSuch("invitation");

    private static async Task<Invitation?> FindInvitationAsync(PublisherMembers members, string id) =>
        (await members.ListInvitationsAsync()).FirstOrDefault(invitation => invitation.Id == id);

    private static async Task<IResult> InviteAsync(HttpContext context, [FromServices] PublisherMembers members)
    {
        InvitationWish? wish = await SmallJson.ReadAsync<InvitationWish>(context.Request);
        if (!PublisherMembers.TryReadRole(wish?.Role, out MemberRole role))
            return Problems.Invalid(RoleError);
        NewInvitation made = await members.InviteAsync(role, wish!.Note ?? "");
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(InvitationResource.Of(made.Invitation, made.Url), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> WithdrawAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherMembers members
    )
    {
        if (await FindInvitationAsync(members, id) is not { } invitation)
            return Problems.NoSuch("invitation");
        return EntityTags.Refusal(request, InvitationResource.Of(invitation))
            ?? (await members.WithdrawAsync(id) ? Results.NoContent() : Problems.NoSuch("invitation"));
    }
}
