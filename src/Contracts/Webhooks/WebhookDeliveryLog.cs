namespace Distribution.Contracts.Webhooks;

/// <param name="Payload">The body as it is sent, JSON.</param>
/// <param name="Attempts">In order.</param>
[GenerateSerializer, Immutable]
public sealed record WebhookDeliveryLog(
    WebhookDelivery Delivery,
    string Payload,
    IReadOnlyList<WebhookAttempt> Attempts
);
