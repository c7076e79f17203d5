using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distribution.Ingest.Uploads;

/// <summary>The body of <c>POST /api/v1/folders</c>.</summary>
internal sealed record FolderRequest
{
    /// <summary>The folder's own name; checked by <see cref="FileNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>For people; the name where there is none.</summary>
    public string? Title { get; init; }

    /// <summary>"v1" or "hybrid"; the server's default where there is none.</summary>
    public string? Format { get; init; }

    /// <summary>Bytes; see <see cref="RequestedPieces"/>. Chosen by size where there is none.</summary>
    public long? PieceLength { get; init; }

    /// <summary>The id of the file of which this is a new version; none where there is none.</summary>
    public string? Replaces { get; init; }

    /// <summary>In the order in which their bytes will come.</summary>
    public required IReadOnlyList<FolderRequestFile> Files { get; init; }
}

/// <param name="Path">Below the folder, elements joined by '/'.</param>
/// <param name="Size">Bytes.</param>
internal sealed record FolderRequestFile(string Path, long Size);

/// <param name="Id">The file id.</param>
/// <param name="UploadUrl">A tus upload, which takes all files' bytes one after another.</param>
/// <param name="SizeBytes">Of all files together.</param>
internal sealed record FolderAnswer(string Id, string UploadUrl, long SizeBytes);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(FolderRequest))]
[JsonSerializable(typeof(FolderAnswer))]
internal sealed partial class FolderRequestJson : JsonSerializerContext;
