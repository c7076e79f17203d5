namespace Distribution.Contracts.Accounts;

/// <summary>A WebAuthn credential of an account, as it was registered.</summary>
[GenerateSerializer, Immutable]
public sealed record AccountPasskey
{
    [Id(0)]
    public required byte[] CredentialId { get; init; }

    [Id(1)]
    public required byte[] PublicKey { get; init; }

    /// <summary>For people.</summary>
    [Id(2)]
    public string? Name { get; init; }

    [Id(3)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>As the authenticator told it last.</summary>
    [Id(4)]
    public long SignCount { get; init; }

    [Id(5)]
    public string[] Transports { get; init; } = [];

    [Id(6)]
    public bool IsUserVerified { get; init; }

    [Id(7)]
    public bool IsBackupEligible { get; init; }

    [Id(8)]
    public bool IsBackedUp { get; init; }

    [Id(9)]
    public byte[] AttestationObject { get; init; } = [];

    [Id(10)]
    public byte[] ClientDataJson { get; init; } = [];
}
