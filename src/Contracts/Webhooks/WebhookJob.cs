namespace Distribution.Contracts.Webhooks;

/// <summary>A delivery that is due, for whoever took it to try.</summary>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="Payload">The body, JSON.</param>
[GenerateSerializer, Immutable]
public sealed record WebhookJob(
    string DeliveryId,
    Webhook Webhook,
    string EventId,
    string EventType,
    int Attempt,
    string Payload
);
