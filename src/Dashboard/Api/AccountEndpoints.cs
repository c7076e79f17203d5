using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Members;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/account</c>: the account of whoever signed in. No key opens it.</summary>
internal static class AccountEndpoints
{
    public const string Root = ApiHosting.Root + "/v1/account";

    private const string Tag = "Account";

    public static void MapAccount(this RouteGroupBuilder account)
    {
        RouteGroupBuilder own = account.MapGroup("").WithTags(Tag);
        own.MapGet("", GetAsync)
            .WithName("GetAccount")
            .WithSummary("The account that signed in: its name, its publishers, how it can sign in")
            .Produces<AccountResource>()
            .Refuses();
        own.MapPut("/password", SetPasswordAsync)
            .WithName("SetPassword")
            .WithSummary("Set the password, with the present one; all other sessions end")
            .Accepts<PasswordWish>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        own.MapPost("/memberships", JoinAsync)
            .WithName("AcceptInvitation")
            .WithSummary("Take an invitation: the account becomes a member of its publisher")
            .Accepts<MembershipWish>("application/json")
            .Produces<MembershipResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static void MapLogins(this RouteGroupBuilder account) =>
        account
            .MapDelete("/logins/{id}", RemoveLoginAsync)
            .WithTags(Tag)
            .WithName("RemoveLogin")
            .WithSummary("An identity at a provider signs in to this account no more")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> GetAsync(HttpContext context, [FromServices] OwnAccount own) =>
        await own.FindAsync() is { } account ? Results.Ok(Show(context, account)) : Problems.Unauthorized();

    private static async Task<IResult> SetPasswordAsync(HttpContext context, [FromServices] OwnAccount own)
    {
        if (await SmallJson.ReadAsync<PasswordWish>(context.Request) is not { } wish)
            return Problems.Invalid("Send a JSON object with \"current\" and \"password\".");
        IResult? refusal = null;
        (OwnChange change, Refusal? error) = await own.SetPasswordAsync(
            wish.Current,
            wish.Name,
            wish.Password,
            wish.Password,
            account => (refusal = EntityTags.Refusal(context.Request, Show(context, account))) is null
        );
        return Answer(change, refusal, "account", error?.ToString());
    }

    private static async Task<IResult> RemoveLoginAsync(string id, [FromServices] OwnAccount own) =>
        Answer(await own.RemoveLoginAsync(id), refusal: null, "login");

    private static async Task<IResult> JoinAsync(
        HttpContext context,
        [FromServices] OwnAccount own,
        [FromServices] PublisherMembers members
    )
    {
        if (await SmallJson.ReadAsync<MembershipWish>(context.Request) is not { Token: { } token })
            return Problems.Invalid("Send a JSON object with \"token\", from the invitation's link.");
        if (await own.FindAsync() is not { } account)
            return Problems.Unauthorized();
        if (
            await members.FindInvitationAsync(token) is not { } invitation
            || !await members.AcceptAsync(token, invitation, account)
        )
            return Problems.NoSuch("invitation");
        return Results.Json(
            new MembershipResource(
                invitation.PublisherId,
                invitation.PublisherName,
                PublisherMembers.Word(invitation.Role)
            ),
            statusCode: StatusCodes.Status201Created
        );
    }

    private static AccountResource Show(HttpContext context, Account account) =>
        new(
            account.Id,
            account.Name,
            account.CreatedAt,
            account.PasswordHash is not null,
            account.IsOperator,
            [.. (CookieSessions.Find(context)?.Memberships ?? []).Select(MembershipResource.Of)],
            [.. account.Logins.Select(LoginResource.Of)]
        );

    /// <param name="refusal">Why it was not as the client had read it.</param>
    internal static IResult Answer(OwnChange change, IResult? refusal, string what, string? error = null) =>
        change switch
        {
            OwnChange.Done => Results.NoContent(),
            OwnChange.NotAsRead => refusal ?? Problems.Changed(),
            OwnChange.WrongPassword => Problems.WrongPassword(),
            OwnChange.Taken => Problems.Taken(error ?? $"The {what} is another account's."),
            OwnChange.Invalid => Problems.Invalid(error!),
            _ => Problems.NoSuch(what),
        };
}
