using System.Collections.Concurrent;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Uploads;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Imports;

/// <summary>What can be done to an import, and how it stands.</summary>
internal sealed class ImportDesk(
    ImportPlanner planner,
    UploadDesk uploads,
    UploadSessions sessions,
    SourceFeeds feeds,
    IContentStore store,
    IGrainFactory grains,
    TimeProvider clock
)
{
    // Of those that have ended, so many are still listed.
    private const int MaxRemembered = 200;

    private readonly ConcurrentQueue<string> _remembered = new();

    /// <summary>One of resource and refusal is null.</summary>
    public async Task<(ImportResource? Import, IResult? Refusal)> CreateAsync(
        ImportRequest request,
        string publisherId,
        CancellationToken cancellation
    )
    {
        (NewUpload? upload, IResult? refusal) = await planner.PlanAsync(request, publisherId, cancellation);
        if (upload is null)
            return (null, refusal);
        if (upload.Torrent is { } torrent && await IsAnothersAsync(torrent, publisherId))
            return (null, Problem.InvalidTorrent.With("It is published here by somebody else."));
        UploadStep step = await uploads.CreateAsync(upload, cancellation);
        if (step.Refusal is not null)
            return (null, step.Refusal);
        _remembered.Enqueue(step.Manifest.FileId);
        if (_remembered.Count > MaxRemembered)
            _remembered.TryDequeue(out _);
        return (Standing(step.Manifest), null);
    }

    /// <summary>Null: unknown to this publisher.</summary>
    public async Task<ImportResource?> FindAsync(string fileId, string publisherId, CancellationToken cancellation)
    {
        if (!FileIds.IsValid(fileId))
            return null;
        PublishedFile? record = await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync();
        if (record?.PublisherId != publisherId)
            return null;
        if (await sessions.FindAsync(fileId, cancellation) is { IsCancelled: false } session)
            return IsImport(session.Manifest) ? Standing(session.Manifest) : null;
        StoredContent? stored = await store.FindAsync(fileId, cancellation);
        if (stored is not null && !IsImport(stored.Manifest))
            return null;
        if (stored is not null)
            return Whole(stored.Manifest, record);
        // What failed has left nothing but its record.
        return record is { State: FileState.Failed }
            ? new ImportResource(
                fileId,
                "failed",
                record.Name,
                record.Title,
                null,
                record.SizeBytes,
                0,
                null,
                record.FailureReason,
                record.CreatedAt
            )
            : null;
    }

    public async Task<ImportList> ListAsync(string publisherId, CancellationToken cancellation)
    {
        var ids = new HashSet<string>(_remembered, StringComparer.Ordinal);
        await foreach (OpenUpload upload in store.ListUploadsAsync(cancellation))
        {
            if (IsImport(upload.Manifest))
                ids.Add(upload.Manifest.FileId);
        }
        var items = new List<ImportResource>();
        foreach (string id in ids)
        {
            if (await FindAsync(id, publisherId, cancellation) is { } import)
                items.Add(import);
        }
        return new ImportList([.. items.OrderByDescending(import => import.CreatedAt)]);
    }

    /// <summary>Null: it is cancelled, or had failed before.</summary>
    public async Task<IResult?> CancelAsync(string fileId, string publisherId, CancellationToken cancellation)
    {
        ImportResource? import = await FindAsync(fileId, publisherId, cancellation);
        if (import is null)
            return Problem.UnknownImport.With("No import of this id.");
        if (import.State == "failed")
            return null;
        if (sessions.Known(fileId) is { } session)
        {
            UploadStep? step = await uploads.CancelAsync(
                fileId,
                "The publisher cancelled the import.",
                CancellationToken.None
            );
            if (step?.Refusal is not null)
                return step.Refusal;
            if (session.IsCancelled)
                return null;
        }
        return Problem.AlreadyStored.With("A published file is taken down with DELETE /api/v1/files/{id}.");
    }

    // A torrent's swarm is one publisher's: its viewers and bytes are on one account.
    private async Task<bool> IsAnothersAsync(StoredTorrent torrent, string publisherId)
    {
        var infoHash = InfoHash.OfInfoDictionary(torrent.InfoDictionary.Span);
        OpenSwarm? open = await grains.GetGrain<ISwarmGrain>(infoHash.ToString()).ReadOpenAsync();
        return open is not null && open.Definition.PublisherId != publisherId;
    }

    private static bool IsImport(ContentManifest manifest) =>
        manifest.Source is { Kind: ContentSourceKind.Files or ContentSourceKind.Url };

    private ImportResource Standing(ContentManifest manifest)
    {
        SourceFeed? feed = feeds.Find(manifest.FileId);
        long bytes = feed?.DurableBytes ?? 0;
        string state =
            bytes == manifest.SizeBytes ? "publishing"
            : feed is null || feed.Trouble is not null ? "waiting"
            : "running";
        return Of(manifest, state, bytes, state == "running" ? feed?.BytesPerSecond(clock) : null, feed?.Trouble);
    }

    private static ImportResource Whole(ContentManifest manifest, PublishedFile? record) =>
        Of(
            manifest,
            record?.State switch
            {
                FileState.Published => "published",
                FileState.Unpublished => "unpublished",
                FileState.Failed => "failed",
                _ => "publishing",
            },
            manifest.SizeBytes,
            null,
            record?.FailureReason
        );

    private static ImportResource Of(
        ContentManifest manifest,
        string state,
        long bytes,
        long? bytesPerSecond,
        string? error
    ) =>
        new(
            manifest.FileId,
            state,
            manifest.Name,
            manifest.Title,
            Shown(manifest.Source!),
            manifest.SizeBytes,
            bytes,
            bytesPerSecond,
            error,
            manifest.CreatedAt
        );

    // A signature in a query is as good as a key.
    private static string Shown(ContentSource source) =>
        source.Kind == ContentSourceKind.Url ? new Uri(source.Locations[0]).GetLeftPart(UriPartial.Path)
        : source.Locations.Count == 1 ? source.Locations[0]
        : $"{source.Locations[0]} and {source.Locations.Count - 1} more";
}
