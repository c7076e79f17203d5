namespace Distribution.Contracts.Ledgers.Logs;

/// <summary>An access log as far as it is booked.</summary>
[GenerateSerializer, Immutable]
public sealed record LogState
{
    [Id(0)]
    public required string FirstLine { get; init; }

    [Id(1)]
    public required string Name { get; init; }

    /// <summary>So much of its text, unpacked, is booked.</summary>
    [Id(2)]
    public required long ReadBytes { get; init; }

    /// <summary>SHA-256 of that text, 64 hexadecimal digits.</summary>
    [Id(3)]
    public required string ReadHash { get; init; }

    [Id(4)]
    public long Lines { get; init; }

    /// <summary>Lines that were counted.</summary>
    [Id(5)]
    public long Counted { get; init; }

    [Id(6)]
    public long Malformed { get; init; }

    [Id(7)]
    public long Unknown { get; init; }

    /// <summary>What the counted lines add up to.</summary>
    [Id(8)]
    public long CdnBytes { get; init; }

    [Id(9)]
    public DateTimeOffset BookedAt { get; init; }

    /// <summary>What is wrong with the first malformed line; empty: none is.</summary>
    [Id(10)]
    public string Problem { get; init; } = "";
}
