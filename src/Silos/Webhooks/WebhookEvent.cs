using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Webhooks;

namespace Distribution.Silos.Webhooks;

/// <summary>Something that happened, as its receivers read it.</summary>
/// <param name="Id">Made of what happened, so that what is seen twice is one event.</param>
/// <param name="Payload">The body, JSON.</param>
public sealed record WebhookEvent(string Id, string PublisherId, string Type, DateTimeOffset At, string Payload)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="what">With the type it tells this event from all others.</param>
    /// <param name="data">Becomes JSON.</param>
    public static WebhookEvent Create(string publisherId, string type, string what, DateTimeOffset at, object data)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{publisherId}\n{type}\n{what}"));
        string id = "evt_" + Convert.ToHexStringLower(digest.AsSpan(0, 16));
        string payload = JsonSerializer.Serialize(
            new
            {
                Id = id,
                Type = type,
                CreatedAt = at.UtcDateTime,
                PublisherId = publisherId,
                Data = data,
            },
            Json
        );
        return new WebhookEvent(id, publisherId, type, at, payload);
    }

    /// <summary>What a file's new state is to its publisher; null: nothing that webhooks tell of.</summary>
    /// <param name="before">Null: it has just been created.</param>
    public static WebhookEvent? OfFile(PublishedFile? before, PublishedFile file, PublicUrls urls, DateTimeOffset at)
    {
        if (before?.State == file.State)
            return null;
        string? type = file.State switch
        {
            FileState.Published when before?.State == FileState.Unpublished => WebhookEvents.FileRestored,
            FileState.Published => WebhookEvents.FilePublished,
            FileState.Unpublished => WebhookEvents.FileUnpublished,
            FileState.Failed => WebhookEvents.FileFailed,
            _ => null,
        };
        return type is null ? null : OfFile(type, file, urls, at);
    }

    public static WebhookEvent OfFile(string type, PublishedFile file, PublicUrls urls, DateTimeOffset at)
    {
        bool linked = file is { State: FileState.Published, Content: not null };
        // A file is published once; the others can be again and again.
        string what = type is WebhookEvents.FilePublished or WebhookEvents.FileReady or WebhookEvents.FileFailed
            ? file.Id
            : $"{file.Id}\n{at.UtcTicks}";
        return Create(
            file.PublisherId,
            type,
            what,
            at,
            new
            {
                File = new
                {
                    file.Id,
                    file.Title,
                    file.Name,
                    Size = file.SizeBytes,
                    State = file.State.ToString().ToLowerInvariant(),
                    InfoHash = file.Content?.InfoHash.ToString(),
                    Sha256 = file.Content?.Sha256,
                    MagnetUri = linked ? urls.Magnet(file) : null,
                    TorrentUrl = linked ? urls.Torrent(file.Id) : null,
                    DownloadUrl = linked ? urls.Download(file) : null,
                    WatchUrl = linked ? urls.Watch(file.Id) : null,
                    file.FailureReason,
                },
            }
        );
    }
}
