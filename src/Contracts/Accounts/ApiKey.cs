namespace Distribution.Contracts.Accounts;

/// <summary>A publisher's key for programs. Its secret is nowhere.</summary>
[GenerateSerializer, Immutable]
public sealed record ApiKey
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string PublisherId { get; init; }

    /// <summary>What it is for, in its maker's words.</summary>
    [Id(2)]
    public required string Name { get; init; }

    /// <summary>The secret's beginning, by which people tell keys apart.</summary>
    [Id(3)]
    public required string Prefix { get; init; }

    /// <summary>Of <see cref="Access.AccessPolicies"/>: read, upload, manage, administer.</summary>
    [Id(4)]
    public required IReadOnlyList<string> Scopes { get; init; }

    [Id(5)]
    public required string CreatedBy { get; init; }

    [Id(6)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: works until it is revoked.</summary>
    [Id(7)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>To the minute; null: never.</summary>
    [Id(8)]
    public DateTimeOffset? LastUsedAt { get; init; }
}
