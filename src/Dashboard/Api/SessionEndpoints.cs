using System.Security.Claims;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/account/sessions</c>: where the account is signed in.</summary>
internal static class SessionEndpoints
{
    private const string Others = "others";

    public static void MapSessions(this RouteGroupBuilder account)
    {
        RouteGroupBuilder sessions = account.MapGroup("/sessions").WithTags("Account");
        sessions
            .MapGet("", ListAsync)
            .WithName("ListSessions")
            .WithSummary("Where the account is signed in, the session that was opened last first")
            .Produces<ItemList<SessionResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        sessions
            .MapDelete("", EndAllAsync)
            .WithName("EndSessions")
            .WithSummary("Sign out everywhere: here too, or which=others everywhere else")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        sessions
            .MapDelete("/{id}", EndAsync)
            .WithName("EndSession")
            .WithSummary("End one session; its own: sign out")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] ListAsk ask,
        ClaimsPrincipal user,
        [FromServices] OwnAccount own,
        [FromServices] AccountSignIn door
    ) =>
        await own.FindAsync() is { } account
            ? ask.Page(
                await door.ListAsync(account),
                static session => ListAsk.NewestFirst(session.CreatedAt, session.Id),
                session => SessionResource.Of(session, AccessPrincipal.SessionIdOf(user))
            )
            : Problems.Unauthorized();

    private static async Task<IResult> EndAllAsync(
        [FromQuery] string? which,
        [FromServices] OwnAccount own,
        [FromServices] AccountSignIn door
    )
    {
        if (which is not (null or Others))
            return Problems.Invalid($"which is \"{Others}\", or left out: all sessions, this one too.");
        if (await own.FindAsync() is not { } account)
            return Problems.Unauthorized();
        await (which is null ? door.LeaveEverywhereAsync(account) : door.EndOthersAsync(account));
        return Results.NoContent();
    }

    private static async Task<IResult> EndAsync(
        string id,
        [FromServices] OwnAccount own,
        [FromServices] AccountSignIn door
    )
    {
        if (await own.FindAsync() is not { } account)
            return Problems.Unauthorized();
        OpenSession? found = (await door.ListAsync(account)).FirstOrDefault(session => session.Id == id);
        return found is not null && await door.EndAsync(account, found)
            ? Results.NoContent()
            : Problems.NoSuch("session");
    }
}
