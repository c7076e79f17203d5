namespace Distribution.Contracts.Accounts;

/// <summary>Who did what when.</summary>
[GenerateSerializer, Immutable]
public sealed record AuditEntry
{
    /// <summary>Grows with every entry of all publishers; 0: not booked yet.</summary>
    [Id(0)]
    public long Number { get; init; }

    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Whose affair it is; null: the server's.</summary>
    [Id(2)]
    public string? PublisherId { get; init; }

    /// <summary>An account's or key's name at that time.</summary>
    [Id(3)]
    public required string Actor { get; init; }

    /// <summary>A stable word for programs, such as "file.unpublished".</summary>
    [Id(4)]
    public required string Action { get; init; }

    /// <summary>An id of what it was done to; empty: nothing else than the actor.</summary>
    [Id(5)]
    public string Subject { get; init; } = "";

    /// <summary>For people.</summary>
    [Id(6)]
    public string Detail { get; init; } = "";

    /// <summary>Of the connection that it came by; empty: not known.</summary>
    [Id(7)]
    public string Address { get; init; } = "";
}
