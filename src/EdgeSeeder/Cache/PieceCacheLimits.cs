namespace Distribution.EdgeSeeder.Cache;

/// <summary>Bounds of a <see cref="PieceCache"/>.</summary>
internal sealed record PieceCacheLimits
{
    /// <summary>Piece files, in bytes.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>Pieces that found no room on the disk.</summary>
    public long MemoryBytes { get; init; } = 64 << 20;

    /// <summary>Mapped files; Linux allows a process 65 530 mappings by default.</summary>
    public int MaxMappedPieces { get; init; } = 16_384;

    /// <summary>Each holds a buffer of one piece.</summary>
    public int MaxConcurrentFetches { get; init; } = 8;

    /// <summary>Each holds a buffer of one piece.</summary>
    public int MaxConcurrentDiskReads { get; init; } = 4;

    /// <summary>Before a piece counts as not to be had now.</summary>
    public int FetchAttempts { get; init; } = 5;

    /// <summary>After the first failure; doubles with each, with jitter.</summary>
    public TimeSpan FetchBackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After the last attempt, until the piece is tried again.</summary>
    public TimeSpan FetchPause { get; init; } = TimeSpan.FromSeconds(2);
}
