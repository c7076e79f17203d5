namespace Distribution.Ingest.Uploads.Parts;

/// <summary>A part whose bytes are all there.</summary>
/// <param name="Since">When that was so, as far as this process knows.</param>
internal sealed record StoredPart(string PublisherId, long SizeBytes, DateTimeOffset Since)
{
    /// <summary>Uploads that are being put together from it.</summary>
    public HashSet<string> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>It was terminated while in use: nobody sees it any more, and it goes with its last user.</summary>
    public bool IsTerminated { get; set; }
}
