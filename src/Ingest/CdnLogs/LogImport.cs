namespace Distribution.Ingest.CdnLogs;

/// <summary>What came of reading one access log.</summary>
/// <param name="Lines">New lines that were booked; of them:</param>
/// <param name="Counted">Requests of our files.</param>
/// <param name="Unknown">Other requests.</param>
/// <param name="Malformed">Lines that cannot be read.</param>
/// <param name="CdnBytes">What the counted lines add up to.</param>
/// <param name="EarlierBytes">So much of its text had been booked before.</param>
/// <param name="Problem">Why some or all of it was not booked, or what is wrong with its first malformed line; null: nothing.</param>
/// <param name="IsWhole">All whole lines are booked.</param>
internal sealed record LogImport(
    string Name,
    long Lines = 0,
    long Counted = 0,
    long Unknown = 0,
    long Malformed = 0,
    long CdnBytes = 0,
    long EarlierBytes = 0,
    string? Problem = null,
    bool IsWhole = true
);
