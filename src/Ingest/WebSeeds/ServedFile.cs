using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.WebSeeds;

/// <summary>A file that the store has, and how it stands with its publisher.</summary>
/// <param name="State">Only <see cref="FileState.Published"/> may be served.</param>
internal sealed record ServedFile(StoredContent Stored, FileState State, DateTimeOffset PublishedAt)
{
    /// <summary>A strong entity tag: the content's own hash.</summary>
    public string EntityTag { get; } = $"\"{Stored.Content.Sha256}\"";
}
