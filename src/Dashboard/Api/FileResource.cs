using System.Text.Json.Serialization;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;

namespace Distribution.Dashboard.Api;

/// <summary>A file as the API shows it. Links and hashes are null until it is published, links again once it is not.</summary>
public sealed record FileResource
{
    public required string Id { get; init; }
    public required string Title { get; init; }
    public required string Name { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Bytes.</summary>
    [JsonPropertyName("size")]
    public required long SizeBytes { get; init; }

    [JsonConverter(typeof(LowerCaseEnumConverter<FileState>))]
    public required FileState State { get; init; }

    /// <summary>v1 (BEP 3), 40 hexadecimal digits.</summary>
    public string? InfoHash { get; init; }

    /// <summary>v2 (BEP 52), 64 hexadecimal digits; null for a v1 torrent.</summary>
    public string? InfoHashV2 { get; init; }

    [JsonConverter(typeof(LowerCaseEnumConverter<TorrentFormat>))]
    public required TorrentFormat Format { get; init; }

    /// <summary>How many files a folder has; null for a single file.</summary>
    public int? FileCount { get; init; }

    /// <summary>Bytes.</summary>
    [JsonPropertyName("pieceLength")]
    public int? PieceLengthBytes { get; init; }
    public int? PieceCount { get; init; }
    public string? MagnetUri { get; init; }
    public string? TorrentUrl { get; init; }
    public string? WebSeedUrl { get; init; }
    public string? DownloadUrl { get; init; }
    public string? WatchUrl { get; init; }

    /// <summary>Of the whole file, 64 hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? PublishedAt { get; init; }

    [JsonConverter(typeof(LowerCaseEnumConverter<PeerPolicy>))]
    public required PeerPolicy Policy { get; init; }

    /// <summary>The id of the file of which it is a new version; null: of none.</summary>
    public string? Replaces { get; init; }

    /// <summary>Why it failed, for people; null otherwise.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Why the operator of the server took it down, for people; null otherwise. Its publisher cannot undo it.</summary>
    public string? TakedownReason { get; init; }

    public static FileResource From(PublishedFile file, PublicUrls urls)
    {
        bool linked = file is { State: FileState.Published, Content: not null };
        return new FileResource
        {
            Id = file.Id,
            Title = file.Title,
            Name = file.Name,
            ContentType = file.ContentType,
            SizeBytes = file.SizeBytes,
            State = file.State,
            InfoHash = file.Content?.InfoHash.ToString(),
            InfoHashV2 = file.Content?.InfoHashV2?.ToString(),
            Format = file.Format,
            FileCount = file.FolderFileCount > 0 ? file.FolderFileCount : null,
            PieceLengthBytes = file.Content?.PieceLengthBytes,
            PieceCount = file.Content?.PieceCount,
            Sha256 = file.Content?.Sha256,
            MagnetUri = linked ? urls.Magnet(file) : null,
            TorrentUrl = linked ? urls.Torrent(file.Id) : null,
            WebSeedUrl = linked ? urls.WebSeed(file) : null,
            DownloadUrl = linked ? urls.Download(file) : null,
            WatchUrl = linked ? urls.Watch(file.Id) : null,
            CreatedAt = file.CreatedAt.UtcDateTime,
            PublishedAt = file.PublishedAt?.UtcDateTime,
            Policy = file.Policy,
            Replaces = file.Replaces,
            FailureReason = file.FailureReason,
            TakedownReason = file.TakedownReason,
        };
    }
}
