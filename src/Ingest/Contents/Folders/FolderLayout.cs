using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>Names in a folder store, and how its small files are written.</summary>
/// <remarks>
/// <code>
/// uploads/{id}/          manifest.json  data  journal          an upload in progress
/// uploads/{id}/          … content.json  info.bencode          whole, a moment before the rename
/// files/{id}/            manifest.json  data  content.json  info.bencode  layers.bencode (v2 and hybrid)
/// unconfirmed/{id}       empty: files/{id} may not be published yet
/// trash/{id}.{random}/   being deleted
/// </code>
/// </remarks>
internal sealed class FolderLayout(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string Uploads => Path.Combine(Root, "uploads");

    public string Files => Path.Combine(Root, "files");

    public string Unconfirmed => Path.Combine(Root, "unconfirmed");

    public string Trash => Path.Combine(Root, "trash");

    public string Upload(string fileId) => Path.Combine(Uploads, fileId);

    public string Stored(string fileId) => Path.Combine(Files, fileId);

    public string UnconfirmedMark(string fileId) => Path.Combine(Unconfirmed, fileId);

    public static string Manifest(string folder) => Path.Combine(folder, "manifest.json");

    public static string Data(string folder) => Path.Combine(folder, "data");

    public static string Journal(string folder) => Path.Combine(folder, "journal");

    public static string Content(string folder) => Path.Combine(folder, "content.json");

    public static string Info(string folder) => Path.Combine(folder, "info.bencode");

    public static string Layers(string folder) => Path.Combine(folder, "layers.bencode");

    public static byte[] Serialize(ContentManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, FolderJson.Default.ContentManifest);

    public static byte[] Serialize(FileContent content) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ContentFacts(
                content.InfoHash.ToString(),
                content.PieceLengthBytes,
                content.PieceCount,
                content.Sha256,
                content.InfoHashV2?.ToString()
            ),
            FolderJson.Default.ContentFacts
        );

    /// <summary>Null where there is no such folder.</summary>
    /// <exception cref="InvalidDataException">Not readable as a manifest.</exception>
    public static ContentManifest? ReadManifest(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Manifest(folder)), FolderJson.Default.ContentManifest);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Manifest(folder)}: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="ReadManifest"/>
    public static FileContent? ReadContent(string folder)
    {
        try
        {
            ContentFacts? facts = JsonSerializer.Deserialize(
                File.ReadAllBytes(Content(folder)),
                FolderJson.Default.ContentFacts
            );
            return facts is null
                ? null
                : new FileContent(
                    InfoHash.Parse(facts.InfoHash),
                    facts.PieceLengthBytes,
                    facts.PieceCount,
                    facts.Sha256,
                    facts.InfoHashV2 is { } v2 ? InfoHashV2.Parse(v2) : null
                );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"{Content(folder)}: {e.Message}", e);
        }
    }
}

internal sealed record ContentFacts(
    string InfoHash,
    int PieceLengthBytes,
    int PieceCount,
    string Sha256,
    string? InfoHashV2 = null
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContentManifest))]
[JsonSerializable(typeof(ContentFacts))]
internal sealed partial class FolderJson : JsonSerializerContext;
