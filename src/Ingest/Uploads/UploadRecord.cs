using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads;

/// <summary>What the catalog is told of an upload, the same at creation and when the start finds it missing.</summary>
internal static class UploadRecord
{
    public static PublishedFile Of(ContentManifest manifest) =>
        new()
        {
            Id = manifest.FileId,
            PublisherId = manifest.PublisherId,
            Title = manifest.Title,
            Name = manifest.Name,
            ContentType = manifest.ContentType,
            SizeBytes = manifest.SizeBytes,
            State = manifest.Source is null ? FileState.Uploading : FileState.Processing,
            CreatedAt = manifest.CreatedAt,
            Format = manifest.Format,
            FolderFileCount = manifest.Files?.Count ?? 0,
            Replaces = manifest.Replaces,
        };
}
