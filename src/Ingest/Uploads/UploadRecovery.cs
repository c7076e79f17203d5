using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Uploads.Parts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// Ends at start what a crash left in the middle, then gives up uploads that nobody goes on with. A crash can come between any two
/// steps of an upload: the store's side is always whole, and the file's record follows it here.
/// </summary>
internal sealed class UploadRecovery(
    IContentStore store,
    IGrainFactory grains,
    UploadDesk desk,
    UploadSessions sessions,
    UploadParts parts,
    SourceFeeds feeds,
    UploadFinisher finisher,
    UploadAdmission admission,
    IngestOptions options,
    TimeProvider clock,
    ILogger<UploadRecovery> logger
) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The start must not wait for a scan of the store, nor for silos that start after this.
        await Task.Yield();
        await RepeatAsync(() => admission.PrepareAsync(stoppingToken), stoppingToken);
        await foreach (StoredContent stored in store.ListUnconfirmedAsync(stoppingToken))
        {
            logger.LogInformation("Publishing {FileId}, which was stored before the restart", stored.Manifest.FileId);
            _ = finisher.AnnounceAsync(stored);
        }
        var uploads = new List<OpenUpload>();
        await foreach (OpenUpload upload in store.ListUploadsAsync(stoppingToken))
            uploads.Add(upload);
        foreach (OpenUpload upload in uploads)
            await RepeatAsync(() => ResumeAsync(upload, stoppingToken), stoppingToken);
        using var timer = new PeriodicTimer(Sweep, clock);
        do
        {
            await RepeatAsync(() => GiveUpAsync(stoppingToken), stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ResumeAsync(OpenUpload upload, CancellationToken cancellation)
    {
        ContentManifest manifest = upload.Manifest;
        string fileId = manifest.FileId;
        if (manifest.IsPart)
        {
            if (upload.DurableBytes == manifest.SizeBytes)
                await desk.StatusAsync(fileId, cancellation);
            return;
        }
        IPublishedFileGrain grain = grains.GetGrain<IPublishedFileGrain>(fileId);
        PublishedFile? record = await grain.GetAsync();
        if (record is { State: FileState.Failed })
        {
            await desk.CancelAsync(fileId, record.FailureReason ?? "The upload was cancelled.", cancellation);
            return;
        }
        if (record is null)
            await grain.CreateAsync(UploadRecord.Of(manifest));
        if (manifest.Source is not null)
        {
            feeds.Start(sessions.Add(manifest));
            return;
        }
        // Asking for the status of an upload whose bytes are all there publishes it.
        if (upload.DurableBytes == manifest.SizeBytes)
            await desk.StatusAsync(fileId, cancellation);
    }

    private async Task GiveUpAsync(CancellationToken cancellation)
    {
        DateTimeOffset limit = clock.GetUtcNow() - options.UploadLifetime;
        var stale = new List<OpenUpload>();
        await foreach (OpenUpload upload in store.ListUploadsAsync(cancellation))
        {
            if (
                upload.LastChangedAt < limit
                && upload.DurableBytes < upload.Manifest.SizeBytes
                && !(sessions.Known(upload.Manifest.FileId)?.TouchedAt > limit)
            )
                stale.Add(upload);
        }
        foreach (OpenUpload upload in stale)
        {
            logger.LogInformation(
                "Giving up upload {FileId}: nothing came since {Since}",
                upload.Manifest.FileId,
                upload.LastChangedAt
            );
            await desk.CancelAsync(upload.Manifest.FileId, "The upload was not finished in time.", cancellation);
        }
        if (await parts.ExpireAsync(limit, cancellation) is > 0 and var count)
            logger.LogInformation("Gave up {Count} parts of which nothing was made", count);
    }

    private async Task RepeatAsync(Func<Task> action, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await action();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                logger.LogWarning(e, "Recovery of uploads waits {Seconds} s and tries again", Retry.TotalSeconds);
            }
            await Task.Delay(Retry, clock, cancellation);
        }
    }
}
