namespace Distribution.Contracts.Webhooks;

/// <summary>Where a publisher wants to be told of what happens.</summary>
[GenerateSerializer, Immutable]
public sealed record Webhook
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string PublisherId { get; init; }

    /// <summary>http or https.</summary>
    [Id(2)]
    public required string Url { get; init; }

    /// <summary>Of <see cref="WebhookEvents.All"/>.</summary>
    [Id(3)]
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>What it is for, in its maker's words; may be empty.</summary>
    [Id(4)]
    public required string Note { get; init; }

    [Id(5)]
    public bool IsEnabled { get; init; } = true;

    /// <summary>Why the server has disabled it, for people; null: it has not.</summary>
    [Id(6)]
    public string? DisabledReason { get; init; }

    [Id(7)]
    public required string CreatedBy { get; init; }

    [Id(8)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What signs; encrypted by whoever sends.</summary>
    [Id(9)]
    public required string Secret { get; init; }

    /// <summary>Signs too for a while after a rotation; encrypted; null: none.</summary>
    [Id(10)]
    public string? OldSecret { get; init; }

    [Id(11)]
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>Since when every attempt has failed; null: the last one did not.</summary>
    [Id(12)]
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>How often its owner has changed it.</summary>
    [Id(13)]
    public long Version { get; init; }
}
