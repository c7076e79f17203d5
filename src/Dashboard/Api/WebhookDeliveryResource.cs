using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Distribution.Contracts.Webhooks;

namespace Distribution.Dashboard.Api;

/// <summary>One event on its way to one webhook.</summary>
internal sealed record WebhookDeliveryResource
{
    public required string Id { get; init; }

    /// <summary>The same in every attempt and every delivery of the event.</summary>
    public required string EventId { get; init; }

    public required string EventType { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(LowerCaseEnumConverter<DeliveryState>))]
    public required DeliveryState State { get; init; }

    public required int AttemptCount { get; init; }

    /// <summary>Null: no more.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>HTTP status of the last answer; null: there was none.</summary>
    public required int? LastStatus { get; init; }

    /// <summary>Why the last attempt failed; empty: it did not.</summary>
    public required string LastError { get; init; }

    /// <summary>In order; null in lists.</summary>
    public IReadOnlyList<WebhookAttemptResource>? Attempts { get; init; }

    /// <summary>The body as it is sent; null in lists.</summary>
    public JsonNode? Payload { get; init; }

    public static WebhookDeliveryResource Of(WebhookDelivery delivery) =>
        new()
        {
            Id = delivery.Id,
            EventId = delivery.EventId,
            EventType = delivery.EventType,
            CreatedAt = delivery.CreatedAt,
            State = delivery.State,
            AttemptCount = delivery.Attempts,
            NextAttemptAt = delivery.NextAttemptAt,
            LastStatus = delivery.LastStatus,
            LastError = delivery.LastError,
        };

    public static WebhookDeliveryResource Of(WebhookDeliveryLog log) =>
        Of(log.Delivery) with
        {
            Attempts = [.. log.Attempts.Select(WebhookAttemptResource.Of)],
            Payload = JsonNode.Parse(log.Payload),
        };
}
