using Distribution.Contracts.Accounts;
using Distribution.Contracts.Webhooks;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Text;
using Distribution.Dashboard.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/webhooks</c>: where the publisher is told of what happens.</summary>
internal static class WebhookEndpoints
{
    private const string Fields = "\"url\", \"events\", \"note\" and \"enabled\"";

    public static void MapWebhooks(this RouteGroupBuilder own)
    {
        RouteGroupBuilder webhooks = own.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks
            .MapGet("", ListAsync)
            .WithName("ListWebhooks")
            .WithSummary("The publisher's webhooks, newest first, without their secrets")
            .Produces<ItemList<WebhookResource>>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        webhooks
            .MapPost("", CreateAsync)
            .WithName("CreateWebhook")
            .WithSummary("A new webhook; the secret that signs is in this answer and nowhere else")
            .Accepts<WebhookWish>("application/json")
            .Produces<WebhookResource>(StatusCodes.Status201Created)
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        webhooks.MapGet("/{id}", GetAsync).WithName("GetWebhook").WithSummary("One webhook").Answers<WebhookResource>();
        webhooks
            .MapPatch("/{id}", PatchAsync)
            .WithName("ChangeWebhook")
            .WithSummary("Change what a webhook is told of and where, disable or enable it")
            .Accepts<WebhookWish>("application/json")
            .Answers<WebhookResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        webhooks
            .MapDelete("/{id}", DeleteAsync)
            .WithName("DeleteWebhook")
            .WithSummary("Delete a webhook and its log: nothing more is sent")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        webhooks
            .MapPost("/{id}/rotate", RotateAsync)
            .WithMetadata(new ConditionalPost())
            .WithName("RotateWebhookSecret")
            .WithSummary("A new secret; for 24 hours the old one signs beside it")
            .Answers<WebhookResource>(StatusCodes.Status201Created);
        webhooks
            .MapPost("/{id}/test", TestAsync)
            .WithName("TestWebhook")
            .WithSummary("Send a test event now")
            .Answers<WebhookDeliveryResource>(StatusCodes.Status201Created);
        webhooks
            .MapGet("/{id}/deliveries", ListDeliveriesAsync)
            .WithName("ListDeliveries")
            .WithSummary("What was sent to a webhook and what waits, newest first")
            .Answers<ItemList<WebhookDeliveryResource>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        webhooks
            .MapGet("/{id}/deliveries/{delivery}", GetDeliveryAsync)
            .WithName("GetDelivery")
            .WithSummary("One delivery with its body and every attempt")
            .Answers<WebhookDeliveryResource>();
        webhooks
            .MapPost("/{id}/deliveries/{delivery}/redeliver", RedeliverAsync)
            .WithName("Redeliver")
            .WithSummary("Send the same event once more, under the same event id")
            .Answers<WebhookDeliveryResource>(StatusCodes.Status201Created);
    }

    private static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder endpoint,
        int status = StatusCodes.Status200OK
    ) => endpoint.Produces<T>(status).Refuses().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ListAsync(
        [AsParameters] ListAsk ask,
        [FromServices] PublisherWebhooks webhooks
    ) =>
        ask.Page(
            await webhooks.ListAsync(),
            static webhook => ListAsk.NewestFirst(webhook.CreatedAt, webhook.Id),
            static webhook => WebhookResource.Of(webhook)
        );

    private static async Task<IResult> CreateAsync(HttpContext context, [FromServices] PublisherWebhooks webhooks)
    {
        if (await SmallJson.ReadAsync<WebhookWish>(context.Request) is not { } wish)
            return Problems.Invalid($"Send a JSON object with {Fields}.");
        (NewWebhook? made, Refusal? error) = await webhooks.CreateAsync(wish);
        return made is null ? Problems.Invalid(error!.ToString()) : Made(context, made);
    }

    private static async Task<IResult> GetAsync(string id, [FromServices] PublisherWebhooks webhooks) =>
        await webhooks.FindAsync(id) is { } webhook ? Results.Ok(WebhookResource.Of(webhook)) : NoSuch();

    private static async Task<IResult> PatchAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherWebhooks webhooks
    )
    {
        if (await webhooks.FindAsync(id) is not { } webhook)
            return NoSuch();
        if (EntityTags.Refusal(request, WebhookResource.Of(webhook)) is { } refusal)
            return refusal;
        if (await SmallJson.ReadAsync<WebhookWish>(request) is not { } wish)
            return Problems.Invalid($"Send a JSON object with any of {Fields}.");
        (AccountChange change, Refusal? error) = await webhooks.ChangeAsync(webhook, wish);
        if (error is not null)
            return Problems.Invalid(error.ToString());
        return change switch
        {
            AccountChange.Done => await GetAsync(id, webhooks),
            // Somebody else was first, also where no condition was named: nothing of theirs is overwritten.
            AccountChange.Conflict => Problems.Changed(),
            _ => NoSuch(),
        };
    }

    private static async Task<IResult> DeleteAsync(
        string id,
        HttpRequest request,
        [FromServices] PublisherWebhooks webhooks
    )
    {
        if (await webhooks.FindAsync(id) is not { } webhook)
            return NoSuch();
        if (EntityTags.Refusal(request, WebhookResource.Of(webhook)) is { } refusal)
            return refusal;
        return await webhooks.DeleteAsync(webhook, EntityTags.IsConditional(request)) switch
        {
            AccountChange.Done => Results.NoContent(),
            AccountChange.Conflict => Problems.Changed(),
            _ => NoSuch(),
        };
    }

    private static async Task<IResult> RotateAsync(
        string id,
        HttpContext context,
        [FromServices] PublisherWebhooks webhooks
    )
    {
        if (await webhooks.FindAsync(id) is not { } webhook)
            return NoSuch();
        if (EntityTags.Refusal(context.Request, WebhookResource.Of(webhook)) is { } refusal)
            return refusal;
        return await webhooks.RotateAsync(webhook) is { } made ? Made(context, made) : Problems.Changed();
    }

    private static async Task<IResult> TestAsync(string id, [FromServices] PublisherWebhooks webhooks) =>
        await webhooks.FindAsync(id) is { } webhook && await webhooks.TestAsync(webhook) is { } delivery
            ? Created(delivery)
            : NoSuch();

    private static async Task<IResult> ListDeliveriesAsync(
        string id,
        [AsParameters] ListAsk ask,
        [FromServices] PublisherWebhooks webhooks
    )
    {
        if (await webhooks.FindAsync(id) is not { } webhook)
            return NoSuch();
        if (!ask.TryRead(out int count, out string? after, out IResult? refusal))
            return refusal!;
        WebhookDeliveryPage page = await webhooks.ListDeliveriesAsync(webhook, after, count);
        return Results.Ok(
            new ItemList<WebhookDeliveryResource>(
                [.. page.Deliveries.Select(WebhookDeliveryResource.Of)],
                page.NextCursor is { } next ? ListAsk.Encode(next) : null
            )
        );
    }

    private static async Task<IResult> GetDeliveryAsync(
        string id,
        string delivery,
        [FromServices] PublisherWebhooks webhooks
    ) =>
        await webhooks.FindAsync(id) is not { } webhook ? NoSuch()
        : await webhooks.FindDeliveryAsync(webhook, delivery) is { } log ? Results.Ok(WebhookDeliveryResource.Of(log))
        : Problems.NoSuch("delivery");

    private static async Task<IResult> RedeliverAsync(
        string id,
        string delivery,
        [FromServices] PublisherWebhooks webhooks
    ) =>
        await webhooks.FindAsync(id) is not { } webhook ? NoSuch()
        : await webhooks.RedeliverAsync(webhook, delivery) is { } again ? Created(again)
        : Problems.NoSuch("delivery");

    private static IResult Created(WebhookDelivery delivery) =>
        Results.Json(WebhookDeliveryResource.Of(delivery), statusCode: StatusCodes.Status201Created);

    private static IResult Made(HttpContext context, NewWebhook made)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(WebhookResource.Of(made.Webhook, made.Secret), statusCode: StatusCodes.Status201Created);
    }

    private static Problems NoSuch() => Problems.NoSuch("webhook");
}
