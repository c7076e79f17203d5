using System.Diagnostics;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Telemetry;
using Distribution.Ingest.Uploads.Parts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// Makes a published file of an upload whose bytes are all there: info dictionary, the store's atomic step, then the file's grain.
/// It does not give up: what fails for now (no room, no silo) is tried again until the process ends, and at the next start.
/// </summary>
internal sealed class UploadFinisher(
    IContentStore store,
    IGrainFactory grains,
    UploadSessions sessions,
    UploadAdmission admission,
    UploadParts parts,
    IngestTelemetry telemetry,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<UploadFinisher> logger
)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    /// <summary>Starts the work, once; the caller holds the session's lease and has opened it.</summary>
    public Task Start(UploadSession session) => session.Publishing ??= Task.Run(() => FinishAsync(session));

    /// <summary>Tells the file's grain that the content is there, until it has heard. A part is kept, and told to nobody.</summary>
    public async Task AnnounceAsync(StoredContent stored)
    {
        await RepeatAsync(
            async () =>
            {
                if (stored.Manifest.IsPart)
                    await parts.AddAsync(stored.Manifest);
                else
                    await grains.GetGrain<IPublishedFileGrain>(stored.Manifest.FileId).PublishAsync(stored.Content);
                await parts.ReleaseAsync(stored.Manifest, isWhole: true);
                await store.ConfirmAsync(stored.Manifest.FileId, lifetime.ApplicationStopping);
                return true;
            },
            stored.Manifest.FileId
        );
    }

    private async Task FinishAsync(UploadSession session)
    {
        long started = clock.GetTimestamp();
        string fileId = session.Manifest.FileId;
        using Activity? activity = IngestTelemetry.Activities.StartActivity("publish");
        activity?.SetTag("distribution.file.id", fileId);
        StoredContent? stored = null;
        bool published = await RepeatAsync(
            async () =>
            {
                stored = await StoreAsync(session);
                return stored is not null;
            },
            fileId
        );
        if (!published)
            return;
        await session.CloseAsync();
        sessions.Remove(session);
        admission.Complete(fileId);
        await AnnounceAsync(stored!);
        telemetry.Published(clock.GetElapsedTime(started));
        logger.LogInformation(
            "Published {FileId}, {SizeBytes} bytes, info-hash {InfoHash}",
            fileId,
            session.Manifest.SizeBytes,
            stored!.Content.InfoHash
        );
    }

    private async Task<StoredContent?> StoreAsync(UploadSession session)
    {
        ContentManifest manifest = session.Manifest;
        // Normally the hash is already at the end; after a restart there may be some left to read.
        while (session.File.Position < manifest.SizeBytes)
            await session.File.CatchUpAsync(session.Upload!, manifest.SizeBytes, lifetime.ApplicationStopping);
        ReadOnlyMemory<byte> hashes = session.Upload!.PieceHashes;
        byte[] info = MetainfoFile.EncodeSingleFileInfo(
            manifest.Name,
            manifest.SizeBytes,
            manifest.PieceLengthBytes,
            hashes.Span,
            isPrivate: true
        );
        var content = new FileContent(
            InfoHash.OfInfoDictionary(info),
            manifest.PieceLengthBytes,
            hashes.Length / InfoHash.LengthBytes,
            session.File.Finish()
        );
        StoreStatus status = await session.Upload.CompleteAsync(
            content,
            new StoredTorrent(info, default),
            lifetime.ApplicationStopping
        );
        return status == StoreStatus.Done ? new StoredContent(manifest, content) : null;
    }

    /// <summary>False: the process ends first.</summary>
    private async Task<bool> RepeatAsync(Func<Task<bool>> step, string fileId)
    {
        TimeSpan delay = FirstRetry;
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            try
            {
                if (await step())
                    return true;
                logger.LogWarning("Publishing {FileId} waits for room in the store", fileId);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception e)
            {
                // Whatever it is: the bytes are safe, and giving up would leave the file unpublished without anybody to help.
                logger.LogWarning(
                    e,
                    "Publishing {FileId} failed; next try in {DelaySeconds} s",
                    fileId,
                    delay.TotalSeconds
                );
            }
            try
            {
                await Task.Delay(delay, clock, lifetime.ApplicationStopping);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            delay = delay * 2 < LastRetry ? delay * 2 : LastRetry;
        }
        return false;
    }
}
