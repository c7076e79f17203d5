using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>Which blob has some content's bytes, and who needs it.</summary>
/// <param name="Files">Ids of the files, and of uploads that are about to be files. None: nobody needs it.</param>
/// <param name="IsDoomed">Nobody may join any more: the blob is being deleted.</param>
internal sealed record ContentRecord(string Blob, IReadOnlyList<string> Files, bool IsDoomed = false)
{
    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, AzureJson.Default.ContentRecord);

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static ContentRecord Parse(ReadOnlyMemory<byte> json, string place)
    {
        try
        {
            return
                JsonSerializer.Deserialize(json.Span, AzureJson.Default.ContentRecord)
                    is { Blob: not null, Files: not null } record
                ? record
                : throw new InvalidDataException($"{place} is incomplete.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{place}: {e.Message}", e);
        }
    }
}

/// <summary>A whole file: what the store knows of it.</summary>
/// <param name="Blob">Has its bytes.</param>
/// <param name="Tag">That blob's entity tag, so that no reader mixes two contents.</param>
internal sealed record FileRecord(ContentManifest Manifest, ContentFacts Facts, string Blob, string Tag)
{
    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, AzureJson.Default.FileRecord);

    public StoredContent ToStored() => new(Manifest, Facts.ToContent());

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static FileRecord Parse(ReadOnlyMemory<byte> json, string place)
    {
        try
        {
            FileRecord? record = JsonSerializer.Deserialize(json.Span, AzureJson.Default.FileRecord);
            if (record is not { Manifest: not null, Facts: not null, Blob: not null, Tag: not null })
                throw new InvalidDataException($"{place} is incomplete.");
            _ = record.Facts.ToContent();
            return record;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"{place}: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContentRecord))]
[JsonSerializable(typeof(FileRecord))]
internal sealed partial class AzureJson : JsonSerializerContext;
