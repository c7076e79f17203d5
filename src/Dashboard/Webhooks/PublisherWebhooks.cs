using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Webhooks;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Webhooks;

/// <summary>The publisher's webhooks, for API and pages alike.</summary>
internal sealed class PublisherWebhooks(
    IGrainFactory grains,
    IHttpContextAccessor http,
    AuditTrail audit,
    WebhookSecrets secrets,
    DashboardOptions options,
    TimeProvider time
)
{
    public const int MaxNoteLength = 100;

    private ClaimsPrincipal User => http.HttpContext!.User;

    private string Publisher => AccessClaims.PublisherOf(User);

    private IWebhooksGrain Grain => grains.GetGrain<IWebhooksGrain>(0);

    public Task<IReadOnlyList<Webhook>> ListAsync() => Grain.ListAsync(Publisher);

    /// <summary>Null: there is no such webhook.</summary>
    public async Task<Webhook?> FindAsync(string id) => (await ListAsync()).FirstOrDefault(one => one.Id == id);

    /// <summary>Null: <paramref name="wish"/> cannot be had, and the error says why, for people.</summary>
    public async Task<(NewWebhook? Made, Refusal? Error)> CreateAsync(WebhookWish wish)
    {
        (string secret, string kept) = secrets.Create();
        var empty = new Webhook
        {
            Id = Secrets.CreateId(),
            PublisherId = Publisher,
            Url = "",
            Events = [],
            Note = "",
            CreatedBy = User.Identity?.Name ?? "",
            CreatedAt = time.GetUtcNow(),
            Secret = kept,
        };
        if (
            TryApply(empty, wish with { Url = wish.Url ?? "", Events = wish.Events ?? [] }, out Webhook made) is
            { } error
        )
            return (null, error);
        int most = options.Webhooks.MaxOfPublisher;
        return await Grain.CreateAsync(
            made,
            most,
            audit.Entry("webhook.created", made.Id, $"{made.Url}: {Words(made)}")
        )
            ? (new NewWebhook(made, secret), null)
            : (null, new Refusal("A publisher has at most {0} webhooks.", most));
    }

    /// <param name="webhook">As it was read.</param>
    /// <returns>What became of it, or why <paramref name="wish"/> cannot be had, for people.</returns>
    public async Task<(AccountChange Change, Refusal? Error)> ChangeAsync(Webhook webhook, WebhookWish wish)
    {
        if (TryApply(webhook, wish, out Webhook changed) is { } error)
            return (AccountChange.Done, error);
        return (
            await Grain.ChangeAsync(
                changed,
                audit.Entry(
                    "webhook.changed",
                    webhook.Id,
                    $"{changed.Url}: {Words(changed)}{(changed.IsEnabled ? "" : ", disabled")}"
                )
            ),
            null
        );
    }

    /// <param name="onlyIfStill">Only of <paramref name="webhook"/> as it is, else it is a conflict.</param>
    public Task<AccountChange> DeleteAsync(Webhook webhook, bool onlyIfStill = false) =>
        Grain.DeleteAsync(
            Publisher,
            webhook.Id,
            audit.Entry("webhook.deleted", webhook.Id, webhook.Url),
            onlyIfStill ? webhook.Version : null
        );

    /// <summary>A new secret; the old one signs beside it for a day. Null: the webhook was changed meanwhile.</summary>
    public async Task<NewWebhook?> RotateAsync(Webhook webhook)
    {
        (string secret, string kept) = secrets.Create();
        Webhook next = webhook with
        {
            Secret = kept,
            OldSecret = webhook.Secret,
            OldSecretUntil = time.GetUtcNow() + WebhookSecrets.Overlap,
        };
        AccountChange change = await Grain.ChangeAsync(
            next,
            audit.Entry("webhook.secret-rotated", webhook.Id, webhook.Url)
        );
        return change == AccountChange.Done ? new NewWebhook(next with { Version = next.Version + 1 }, secret) : null;
    }

    public Task<WebhookDelivery?> TestAsync(Webhook webhook) =>
        Grain.TestAsync(Publisher, webhook.Id, audit.Entry("webhook.tested", webhook.Id, webhook.Url));

    public Task<WebhookDeliveryPage> ListDeliveriesAsync(Webhook webhook, string? cursor, int limit) =>
        Grain.ListDeliveriesAsync(Publisher, webhook.Id, cursor, limit);

    public Task<WebhookDeliveryLog?> FindDeliveryAsync(Webhook webhook, string deliveryId) =>
        Grain.FindDeliveryAsync(Publisher, webhook.Id, deliveryId);

    public Task<WebhookDelivery?> RedeliverAsync(Webhook webhook, string deliveryId) =>
        Grain.RedeliverAsync(
            Publisher,
            webhook.Id,
            deliveryId,
            audit.Entry("webhook.redelivered", webhook.Id, deliveryId)
        );

    private static string Words(Webhook webhook) => string.Join(", ", webhook.Events);

    private Refusal? TryApply(Webhook webhook, WebhookWish wish, out Webhook changed)
    {
        IReadOnlyList<string> events =
            wish.Events is null ? webhook.Events
            : wish.Events.Contains("*") ? WebhookEvents.All
            : [.. WebhookEvents.All.Where(wish.Events.Contains)];
        string note = wish.Note?.Trim() ?? webhook.Note;
        bool isEnabled = wish.Enabled ?? webhook.IsEnabled;
        changed = webhook with
        {
            Url = wish.Url?.Trim() ?? webhook.Url,
            Events = events,
            Note = note,
            IsEnabled = isEnabled,
            DisabledReason = isEnabled ? null : webhook.DisabledReason,
        };
        return WebhookClient.Check(changed.Url, options.Webhooks)
            ?? (
                events.Count == 0
                || (wish.Events?.Contains("*") == false && events.Count != wish.Events.Distinct().Count())
                    ? new Refusal("events are * or at least one of {0}.", string.Join(", ", WebhookEvents.All))
                : note.Length > MaxNoteLength || note.Any(char.IsControl)
                    ? new Refusal("note has at most {0} characters.", MaxNoteLength)
                : null
            );
    }
}
