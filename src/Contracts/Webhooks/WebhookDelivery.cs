namespace Distribution.Contracts.Webhooks;

/// <summary>One event on its way to one webhook.</summary>
[GenerateSerializer, Immutable]
public sealed record WebhookDelivery
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string WebhookId { get; init; }

    /// <summary>The same in every attempt and every delivery of the event.</summary>
    [Id(2)]
    public required string EventId { get; init; }

    /// <summary>Of <see cref="WebhookEvents"/>.</summary>
    [Id(3)]
    public required string EventType { get; init; }

    [Id(4)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(5)]
    public required DeliveryState State { get; init; }

    [Id(6)]
    public required int Attempts { get; init; }

    /// <summary>Null: no more.</summary>
    [Id(7)]
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>HTTP status of the last answer; null: there was none.</summary>
    [Id(8)]
    public int? LastStatus { get; init; }

    /// <summary>Why the last attempt failed, for people; empty: it did not.</summary>
    [Id(9)]
    public required string LastError { get; init; }
}
