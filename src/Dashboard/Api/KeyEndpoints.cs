using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Keys;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/keys</c>: the publisher's API keys.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this RouteGroupBuilder own)
    {
        RouteGroupBuilder keys = own.MapGroup("/keys").WithTags("Keys");
        keys.MapGet("", ListAsync)
            .WithName("ListKeys")
            .WithSummary("Keys that can be used, newest first, without their secrets")
            .Produces<ItemList<KeyResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        keys.MapGet("/{id}", GetAsync)
            .WithName("GetKey")
            .WithSummary("One key, without its secret")
            .Produces<KeyResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        keys.MapPost("", CreateAsync)
            .WithName("CreateKey")
            .WithSummary("A new key; its secret is in this answer and nowhere else")
            .Accepts<KeyWish>("application/json")
            .Produces<KeyResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        keys.MapPost("/{id}/rotate", RotateAsync)
            .WithMetadata(new ConditionalPost())
            .WithName("RotateKey")
            .WithSummary("The same key with a new secret; the old one works for 24 hours more")
            .Produces<KeyResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        keys.MapDelete("/{id}", RevokeAsync)
            .WithName("RevokeKey")
            .WithSummary("Revoke a key: it stops working at once")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync([AsParameters] ListAsk ask, [FromServices] PublisherKeys keys) =>
        ask.Page(
            await keys.ListAsync(),
            static key => ListAsk.NewestFirst(key.CreatedAt, key.Id),
            static key => KeyResource.Of(key)
        );

    private static async Task<IResult> GetAsync(string id, [FromServices] PublisherKeys keys) =>
        await keys.FindAsync(id) is { } key ? Results.Ok(KeyResource.Of(key)) : Problems.NoSuch("key");

    private static async Task<IResult> CreateAsync(HttpContext context, [FromServices] PublisherKeys keys)
    {
        if (await SmallJson.ReadAsync<KeyWish>(context.Request) is not { } wish)
            return Problems.Invalid(
                "Send a JSON object with \"name\", \"scopes\" and, where it is to end, \"lifetimeDays\"."
            );
        (NewKey? made, Refusal? error) = await keys.CreateAsync(wish);
        return made is null ? Problems.Invalid(error!.ToString()) : Made(context, made);
    }

    private static async Task<IResult> RotateAsync(string id, HttpContext context, [FromServices] PublisherKeys keys)
    {
        if (await keys.FindAsync(id) is not { } key)
            return Problems.NoSuch("key");
        if (EntityTags.Refusal(context.Request, KeyResource.Of(key)) is { } refusal)
            return refusal;
        (AccountChange change, NewKey? made) = await keys.RotateAsync(key, EntityTags.IsConditional(context.Request));
        return made is null ? RefusalOf(change) : Made(context, made);
    }

    private static async Task<IResult> RevokeAsync(string id, HttpRequest request, [FromServices] PublisherKeys keys)
    {
        if (await keys.FindAsync(id) is not { } key)
            return Problems.NoSuch("key");
        if (EntityTags.Refusal(request, KeyResource.Of(key)) is { } refusal)
            return refusal;
        AccountChange change = await keys.RevokeAsync(key, EntityTags.IsConditional(request));
        return change == AccountChange.Done ? Results.NoContent() : RefusalOf(change);
    }

    private static Problems RefusalOf(AccountChange change) =>
        change == AccountChange.Conflict ? Problems.Changed() : Problems.NoSuch("key");

    private static IResult Made(HttpContext context, NewKey made)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(KeyResource.Of(made.Key, made.Secret), statusCode: StatusCodes.Status201Created);
    }
}
