using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads;

/// <summary>What is asked of the desk when an upload is created, however it was said.</summary>
internal sealed record NewUpload
{
    public required string PublisherId { get; init; }

    /// <summary>Checked by <see cref="FileNames"/>.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Media type without parameters.</summary>
    public required string ContentType { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Null: the server's default, <see cref="IngestOptions.DefaultFormat"/>.</summary>
    public TorrentFormat? Format { get; init; }

    /// <summary>Null: chosen by size.</summary>
    public long? PieceLengthBytes { get; init; }

    /// <summary>Of a folder, checked by <see cref="FolderFiles"/>; null for a single file.</summary>
    public IReadOnlyList<ContentFile>? Files { get; init; }

    /// <summary>Where the server gets the bytes from by itself; null where a client sends them.</summary>
    public ContentSource? Source { get; init; }

    /// <summary>See <see cref="ContentManifest.Torrent"/>.</summary>
    public StoredTorrent? Torrent { get; init; }

    /// <summary>See <see cref="ContentManifest.IsPart"/>.</summary>
    public bool IsPart { get; init; }

    /// <summary>See <see cref="ContentManifest.Replaces"/>; checked by <see cref="ReplacedFiles"/>.</summary>
    public string? Replaces { get; init; }

    /// <summary>See <see cref="ContentManifest.UploadMetadata"/>.</summary>
    public string UploadMetadata { get; init; } = "";

    /// <summary>See <see cref="ContentManifest.UploadConcat"/>.</summary>
    public string UploadConcat { get; init; } = "";

    /// <summary>What is fixed from now on.</summary>
    public ContentManifest ToManifest(string fileId, TorrentFormat defaultFormat, DateTimeOffset createdAt) =>
        new()
        {
            FileId = fileId,
            PublisherId = PublisherId,
            Name = Name,
            Title = Title,
            ContentType = ContentType,
            SizeBytes = SizeBytes,
            // An empty file has no v2 root, so that there is nothing to be hybrid of.
            Format = SizeBytes == 0 ? TorrentFormat.V1 : Format ?? defaultFormat,
            Files = Files,
            PieceLengthBytes = RequestedPieces.LengthOf(this),
            CreatedAt = createdAt,
            Source = Source,
            Torrent = Torrent,
            IsPart = IsPart,
            Replaces = Replaces,
            UploadMetadata = UploadMetadata,
            UploadConcat = UploadConcat,
        };
}
