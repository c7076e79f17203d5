using Distribution.Contracts.Files;

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

    /// <summary>Of all files together.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Which torrent is made of it.</summary>
    public TorrentFormat Format { get; init; }

    /// <summary>
    /// A folder's files in the order in which their bytes are stored, one after another without gaps. Null for a single file.
    /// </summary>
    public IReadOnlyList<ContentFile>? Files { get; init; }

    /// <summary>Chosen once, because hashes of an upload in progress depend on it.</summary>
    public required int PieceLengthBytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the bytes come from, if not from a client's PATCH requests; null for these.</summary>
    public ContentSource? Source { get; init; }

    /// <summary>The torrent that the content must fit, byte for byte; null: one is made.</summary>
    public StoredTorrent? Torrent { get; init; }

    /// <summary>It is a part of an upload that is put together from several (tus, "concatenation"): never published by itself.</summary>
    public bool IsPart { get; init; }

    /// <summary>The file of which it is a new version; null: of none.</summary>
    public string? Replaces { get; init; }

    /// <summary>The tus header <c>Upload-Metadata</c> as the client sent it: a HEAD request gives it back.</summary>
    public string UploadMetadata { get; init; } = "";

    /// <summary>The tus header <c>Upload-Concat</c>, likewise.</summary>
    public string UploadConcat { get; init; } = "";
}
