namespace Distribution.Contracts.Accounts;

/// <summary>Somebody who signs in. Changed as a whole: <see cref="Version"/> says of which state it was read.</summary>
[GenerateSerializer]
public sealed class Account
{
    /// <summary>Of the account that a server has from its start: who opens a link that the server printed.</summary>
    public const string OperatorId = "operator";

    /// <summary>Never changes, never given again.</summary>
    [Id(0)]
    public string Id { get; set; } = "";

    /// <summary>What is typed to sign in; mostly an e-mail address.</summary>
    [Id(1)]
    public string Name { get; set; } = "";

    /// <summary>The name as it is looked up: unique.</summary>
    [Id(2)]
    public string NormalizedName { get; set; } = "";

    /// <summary>Salted and slow (PBKDF2); null: no password signs in.</summary>
    [Id(3)]
    public string? PasswordHash { get; set; }

    /// <summary>Changes when all sessions must end.</summary>
    [Id(4)]
    public string SecurityStamp { get; set; } = "";

    /// <summary>Wrong passwords in a row.</summary>
    [Id(5)]
    public int FailedSignIns { get; set; }

    /// <summary>No password is looked at before then.</summary>
    [Id(6)]
    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>Runs the server.</summary>
    [Id(7)]
    public bool IsOperator { get; set; }

    [Id(8)]
    public DateTimeOffset CreatedAt { get; set; }

    [Id(9)]
    public List<AccountLogin> Logins { get; set; } = [];

    [Id(10)]
    public List<AccountPasskey> Passkeys { get; set; } = [];

    /// <summary>0: not stored yet.</summary>
    [Id(11)]
    public long Version { get; set; }
}
