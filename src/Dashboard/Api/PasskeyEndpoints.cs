using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/account/passkeys</c>. A new one is made between the two calls by the browser (WebAuthn), on a page of this server.</summary>
internal static class PasskeyEndpoints
{
    private const string Passkey = "passkey";

    public static void MapPasskeys(this RouteGroupBuilder account)
    {
        RouteGroupBuilder passkeys = account.MapGroup("/passkeys").WithTags("Account");
        passkeys
            .MapGet("", ListAsync)
            .WithName("ListPasskeys")
            .WithSummary("The account's passkeys, the oldest first")
            .Produces<ItemList<PasskeyResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        passkeys
            .MapGet("/{id}", GetAsync)
            .WithName("GetPasskey")
            .WithSummary("One passkey")
            .Produces<PasskeyResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        passkeys
            .MapPost("/options", MakeOptionsAsync)
            .WithMetadata(new ReadsOnly())
            .WithName("GetPasskeyOptions")
            .WithSummary("What navigator.credentials.create() needs for a new passkey")
            .Produces<object>()
            .Refuses();
        passkeys
            .MapPost("", AddAsync)
            .WithName("AddPasskey")
            .WithSummary("Keep the passkey that the browser has made of the options")
            .Accepts<PasskeyWish>("application/json")
            .Produces<PasskeyResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        passkeys
            .MapPatch("/{id}", RenameAsync)
            .WithName("RenamePasskey")
            .WithSummary("Give a passkey another name")
            .Accepts<PasskeyPatch>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        passkeys
            .MapDelete("/{id}", RemoveAsync)
            .WithName("RemovePasskey")
            .WithSummary("Remove a passkey: it signs in no more")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync([AsParameters] ListAsk ask, [FromServices] OwnAccount own) =>
        await own.FindAsync() is { } account
            ? ask.Page(
                account.Passkeys,
                static passkey => ListAsk.OldestFirst(passkey.CreatedAt, OwnAccount.IdOf(passkey)),
                PasskeyResource.Of
            )
            : Problems.Unauthorized();

    private static async Task<IResult> GetAsync(string id, [FromServices] OwnAccount own) =>
        (await own.FindAsync())?.Passkeys.Find(one => OwnAccount.IdOf(one) == id) is { } passkey
            ? Results.Ok(PasskeyResource.Of(passkey))
            : Problems.NoSuch(Passkey);

    private static async Task<IResult> MakeOptionsAsync(HttpContext context, [FromServices] OwnAccount own)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await own.MakePasskeyOptionsAsync() is { } options
            ? Results.Text(options, "application/json")
            : Problems.Unauthorized();
    }

    private static async Task<IResult> AddAsync(HttpContext context, [FromServices] OwnAccount own)
    {
        PasskeyWish? wish = await SmallJson.ReadAsync<PasskeyWish>(
            context.Request,
            OwnAccount.MaxCredentialLength + 1024
        );
        if (wish?.Credential.ValueKind != System.Text.Json.JsonValueKind.Object)
            return Problems.Invalid("Send a JSON object with \"credential\", as the browser made it, and \"name\".");
        return await own.AddPasskeyAsync(wish.Credential.GetRawText(), wish.Name) is { } passkey
            ? Results.Json(PasskeyResource.Of(passkey), statusCode: StatusCodes.Status201Created)
            : Problems.Invalid("The passkey was not accepted: ask for new options in the same browser, and try again.");
    }

    private static async Task<IResult> RenameAsync(string id, HttpRequest request, [FromServices] OwnAccount own)
    {
        string? name = (await SmallJson.ReadAsync<PasskeyPatch>(request))?.Name?.Trim();
        if (name is null or "" || name.Length > OwnAccount.MaxPasskeyNameLength || name.Any(char.IsControl))
            return Problems.Invalid(
                $"Send a JSON object with \"name\", of 1 to {OwnAccount.MaxPasskeyNameLength} characters."
            );
        IResult? refusal = null;
        OwnChange change = await own.RenamePasskeyAsync(id, name, IsAsRead(request, found => refusal = found));
        return AccountEndpoints.Answer(change, refusal, Passkey);
    }

    private static async Task<IResult> RemoveAsync(string id, HttpRequest request, [FromServices] OwnAccount own)
    {
        IResult? refusal = null;
        OwnChange change = await own.RemovePasskeyAsync(id, IsAsRead(request, found => refusal = found));
        return AccountEndpoints.Answer(change, refusal, Passkey);
    }

    private static Func<AccountPasskey, bool> IsAsRead(HttpRequest request, Action<IResult> refuse) =>
        passkey =>
        {
            if (EntityTags.Refusal(request, PasskeyResource.Of(passkey)) is not { } refusal)
                return true;
            refuse(refusal);
            return false;
        };
}
