namespace Distribution.Ingest.Contents;

/// <summary>What is fixed about a file when its upload is created. Kept with its bytes, so that a store can be read alone.</summary>
public sealed record ContentManifest
{
    /// <summary>See <see cref="FileIds"/>.</summary>
    public required string FileId { get; init; }

    public required string PublisherId { get; init; }

    /// <summary>Checked by <c>FileNames</c>: never a path.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Media type without parameters.</summary>
    public required string ContentType { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Of v1 pieces; chosen once, because hashes of an upload in progress depend on it.</summary>
    public required int PieceLengthBytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The tus header <c>Upload-Metadata</c> as the client sent it: a HEAD request gives it back.</summary>
    public string UploadMetadata { get; init; } = "";
}
