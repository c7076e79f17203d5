using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distribution.Standalone.Client;

/// <summary>One file, as <c>GET /api/v1/files/{id}</c> tells it.</summary>
internal sealed record FileAnswer
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public required string Id { get; init; }
    public string? Title { get; init; }
    public string? Name { get; init; }

    [JsonPropertyName("size")]
    public long SizeBytes { get; init; }

    /// <summary><c>uploading</c>, <c>processing</c>, <c>published</c>, <c>unpublished</c> or <c>failed</c>.</summary>
    public required string State { get; init; }
    public string? InfoHash { get; init; }

    /// <summary>Of a hybrid.</summary>
    public string? InfoHashV2 { get; init; }

    /// <summary><c>v1</c> or <c>hybrid</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Of a folder.</summary>
    public int? FileCount { get; init; }

    [JsonPropertyName("pieceLength")]
    public long? PieceLengthBytes { get; init; }
    public string? MagnetUri { get; init; }
    public string? TorrentUrl { get; init; }
    public string? WebSeedUrl { get; init; }
    public string? DownloadUrl { get; init; }
    public string? WatchUrl { get; init; }
    public string? Sha256 { get; init; }
    public string? FailureReason { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? PublishedAt { get; init; }

    public static Answer<FileAnswer> Read(JsonElement json)
    {
        try
        {
            return json.Deserialize<FileAnswer>(Options) is { } file ? file : Unreadable();
        }
        catch (JsonException)
        {
            return Unreadable();
        }
    }

    private static Answer<FileAnswer> Unreadable() =>
        new Failure("The server's description of the file cannot be read: is it another version?");
}
