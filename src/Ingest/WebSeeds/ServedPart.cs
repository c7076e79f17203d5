namespace Distribution.Ingest.WebSeeds;

/// <summary>What lies behind one address: a published file, a file of a published folder, or a padding file of its torrent.</summary>
/// <param name="Name">The file's own name, without folders.</param>
/// <param name="ContentType">Media type without parameters.</param>
/// <param name="EntityTag">Strong, with its quotes.</param>
/// <param name="OffsetBytes">Where it begins in the stored content.</param>
/// <param name="SizeBytes">May be 0.</param>
/// <param name="IsPadding">It is all zeros, and stored nowhere (BEP 47).</param>
internal sealed record ServedPart(
    string Name,
    string ContentType,
    string EntityTag,
    long OffsetBytes,
    long SizeBytes,
    bool IsPadding = false
);
