using System.Globalization;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.WebSeeds;

/// <summary>A file that the store has, and how it stands with its publisher.</summary>
/// <param name="State">Only <see cref="FileState.Published"/> may be served.</param>
internal sealed record ServedFile(StoredContent Stored, FileState State, DateTimeOffset PublishedAt)
{
    /// <summary>As HTTP writes it.</summary>
    public string LastModified { get; } = PublishedAt.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What its addresses name.</summary>
    public required ServedPaths Paths { get; init; }
}
