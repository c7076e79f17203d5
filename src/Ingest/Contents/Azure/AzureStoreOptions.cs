namespace Distribution.Ingest.Contents.Azure;

/// <summary>How Azure Blob Storage is used. Checked at start with <see cref="IngestOptions"/>.</summary>
public sealed record AzureStoreOptions
{
    /// <summary>The container, where the location names none. Made if missing. Default: distribution.</summary>
    public string Container { get; init; } = "distribution";

    /// <summary>
    /// The container's address as the public reaches it, or that of a CDN before it. Torrents name it as a further web seed; what viewers take
    /// there is not counted. Default: null, none.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>How long one operation is tried again while the store does not answer; uploads and viewers wait. Default: 2 min.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Before the first repetition; it doubles from there. Default: 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two repetitions at most. Default: 5 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one attempt, and for any stretch of silence in an answer. Default: 60 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is left over for so long belongs to nobody any more and is swept up. Default: 1 h.</summary>
    public TimeSpan SweepAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From one sweep to the next; the first is at the start. Default: 12 h.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromHours(12);
}
