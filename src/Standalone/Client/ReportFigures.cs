namespace Distribution.Standalone.Client;

/// <summary>The byte fields of a report or of one of its buckets.</summary>
internal record ReportFigures
{
    public Between<long> Delivered { get; init; } = new(0, 0);
    public long WebSeedBytes { get; init; }
    public long EdgeBytes { get; init; }
    public long EdgeFillBytes { get; init; }
    public Between<long> PeerBytes { get; init; } = new(0, 0);
    public Between<double> Offload { get; init; } = new(0, 0);
    public long ViewerUploadBytes { get; init; }
    public long CdnBytes { get; init; }
    public long EdgeMetadataBytes { get; init; }
    public long EdgeOverheadBytes { get; init; }
    public long WasteBytes { get; init; }

    /// <summary>From what our machines witnessed to what was reported.</summary>
    internal sealed record Between<T>(T Low, T High);
}
