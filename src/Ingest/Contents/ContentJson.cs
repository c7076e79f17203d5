using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents;

/// <summary>How stores write a file's small records.</summary>
internal static class ContentJson
{
    public static byte[] Serialize(ContentManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, ContentJsonContext.Default.ContentManifest);

    public static byte[] Serialize(FileContent content) =>
        JsonSerializer.SerializeToUtf8Bytes(ContentFacts.Of(content), ContentJsonContext.Default.ContentFacts);

    /// <param name="place">Named by the error.</param>
    /// <exception cref="InvalidDataException">Not readable as a manifest.</exception>
    public static ContentManifest ReadManifest(ReadOnlySpan<byte> json, string place)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContentJsonContext.Default.ContentManifest)
                ?? throw new InvalidDataException($"{place} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{place}: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="ReadManifest"/>
    public static FileContent ReadContent(ReadOnlySpan<byte> json, string place)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContentJsonContext.Default.ContentFacts)?.ToContent()
                ?? throw new InvalidDataException($"{place} is empty.");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"{place}: {e.Message}", e);
        }
    }
}

internal sealed record ContentFacts(
    string InfoHash,
    int PieceLengthBytes,
    int PieceCount,
    string Sha256,
    string? InfoHashV2 = null
)
{
    public static ContentFacts Of(FileContent content) =>
        new(
            content.InfoHash.ToString(),
            content.PieceLengthBytes,
            content.PieceCount,
            content.Sha256,
            content.InfoHashV2?.ToString()
        );

    /// <exception cref="FormatException">A hash is none.</exception>
    public FileContent ToContent() =>
        new(
            BitTorrent.InfoHash.Parse(InfoHash),
            PieceLengthBytes,
            PieceCount,
            Sha256,
            InfoHashV2 is { } v2 ? BitTorrent.InfoHashV2.Parse(v2) : null
        );
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContentManifest))]
[JsonSerializable(typeof(ContentFacts))]
internal sealed partial class ContentJsonContext : JsonSerializerContext;
