using Distribution.Contracts.Webhooks;

namespace Distribution.Dashboard.Api;

/// <param name="DisabledReason">Why the server has disabled it; null: it has not.</param>
/// <param name="FailingSince">Since when every attempt has failed; null: the last one did not.</param>
/// <param name="Secret">What signs; only in the answer that made it.</param>
internal sealed record WebhookResource(
    string Id,
    string Url,
    IReadOnlyList<string> Events,
    string Note,
    bool Enabled,
    string? DisabledReason,
    DateTimeOffset? FailingSince,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    string? Secret
)
{
    public static WebhookResource Of(Webhook webhook, string? secret = null) =>
        new(
            webhook.Id,
            webhook.Url,
            webhook.Events,
            webhook.Note,
            webhook.IsEnabled,
            webhook.DisabledReason,
            webhook.FailingSince,
            webhook.CreatedBy,
            webhook.CreatedAt,
            secret
        );
}
