namespace Distribution.Contracts.Webhooks;

/// <summary>How an attempt ended.</summary>
/// <param name="IsDelivered">The receiver took it.</param>
/// <param name="RetryAt">When it is tried again; null: it is not.</param>
/// <param name="DisableReason">Why the webhook is not to be tried any more, for people; null: it is.</param>
[GenerateSerializer, Immutable]
public sealed record WebhookOutcome(
    string DeliveryId,
    string WebhookId,
    WebhookAttempt Attempt,
    bool IsDelivered,
    DateTimeOffset? RetryAt,
    string? DisableReason
);
