namespace Distribution.Contracts.Ledgers.Logs;

/// <summary>Some whole lines of an access log, read and added up. Booked all or not at all, and once.</summary>
[GenerateSerializer, Immutable]
public sealed record LogBatch
{
    /// <summary>SHA-256 of the log's first line, 64 hexadecimal digits: the log's name, wherever it lies.</summary>
    [Id(0)]
    public required string FirstLine { get; init; }

    /// <summary>The file in which it was seen, for people.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Where the lines begin in the log's text, unpacked; what lies before must be booked.</summary>
    [Id(2)]
    public required long FromOffset { get; init; }

    /// <summary>Where they end.</summary>
    [Id(3)]
    public required long ToOffset { get; init; }

    /// <summary>SHA-256 of the text up to <see cref="ToOffset"/>, 64 hexadecimal digits.</summary>
    [Id(4)]
    public required string ToHash { get; init; }

    [Id(5)]
    public long Lines { get; init; }

    /// <summary>Lines that cannot be read.</summary>
    [Id(6)]
    public long Malformed { get; init; }

    /// <summary>Lines of other files, methods and answers.</summary>
    [Id(7)]
    public long Unknown { get; init; }

    /// <summary>What is wrong with the first malformed line; null: none is.</summary>
    [Id(8)]
    public string? Problem { get; init; }

    [Id(9)]
    public IReadOnlyList<LogCount> Counts { get; init; } = [];
}
