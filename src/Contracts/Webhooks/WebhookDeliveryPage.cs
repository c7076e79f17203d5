namespace Distribution.Contracts.Webhooks;

/// <param name="Deliveries">Newest first.</param>
/// <param name="NextCursor">Null on the last page.</param>
[GenerateSerializer, Immutable]
public sealed record WebhookDeliveryPage(IReadOnlyList<WebhookDelivery> Deliveries, string? NextCursor);
