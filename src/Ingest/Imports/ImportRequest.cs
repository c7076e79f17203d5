using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distribution.Ingest.Imports;

/// <summary>The body of <c>POST /api/v1/imports</c>.</summary>
internal sealed record ImportRequest
{
    public required ImportRequestSource Source { get; init; }

    /// <summary>Default: the source's own; a torrent's cannot be changed.</summary>
    public string? Name { get; init; }

    /// <summary>For people; the name where there is none.</summary>
    public string? Title { get; init; }

    /// <summary>"v1" or "hybrid"; the server's default where there is none. A torrent's cannot be changed.</summary>
    public string? Format { get; init; }
}

/// <summary>Exactly one place, and perhaps the torrent that its bytes are of.</summary>
internal sealed record ImportRequestSource
{
    /// <summary>A file or folder of the server.</summary>
    public string? Path { get; init; }

    /// <summary>A folder of the server.</summary>
    public string? FolderPath { get; init; }

    /// <summary>A file of the server.</summary>
    public string? FilePath { get; init; }

    /// <summary>An http or https address.</summary>
    public string? Url { get; init; }

    /// <summary>A blob's address with a signature (SAS) that lets it be read.</summary>
    public string? BlobUrl { get; init; }

    /// <summary>A .torrent file in Base64, whose info-hash is kept.</summary>
    public byte[]? Torrent { get; init; }
}

/// <summary>An import as the API shows it.</summary>
/// <param name="Id">The file id.</param>
/// <param name="State">"running", "waiting" (for its source), "publishing", "published", "unpublished" or "failed".</param>
/// <param name="Source">A path, or an address without what may be secret in it.</param>
/// <param name="Bytes">Durable.</param>
/// <param name="BytesPerSecond">Since the source was last opened; null unless running.</param>
/// <param name="Error">Why it waits or failed, for people; null otherwise.</param>
internal sealed record ImportResource(
    string Id,
    string State,
    string Name,
    string Title,
    string? Source,
    long SizeBytes,
    long Bytes,
    long? BytesPerSecond,
    string? Error,
    DateTimeOffset CreatedAt
);

/// <param name="Items">Newest first: those in progress, and what has ended since the server started.</param>
internal sealed record ImportList(IReadOnlyList<ImportResource> Items);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportResource))]
[JsonSerializable(typeof(ImportList))]
internal sealed partial class ImportJson : JsonSerializerContext;
