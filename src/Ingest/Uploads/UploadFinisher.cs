using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Telemetry;
using Distribution.Ingest.Torrents;
using Distribution.Ingest.Uploads.Parts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// Makes a published file of an upload whose bytes are all there: info dictionary, the store's atomic step, then the file's grain.
/// What fails for now (no room, no silo) is tried again until the process ends, and at the next start; what can be no torrent fails.
/// </summary>
internal sealed class UploadFinisher(
    IContentStore store,
    IGrainFactory grains,
    UploadSessions sessions,
    UploadAdmission admission,
    UploadParts parts,
    UploadRemover remover,
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
        FinishedTorrent? torrent = null;
        string? flaw = null;
        bool stored = await RepeatAsync(
            async () =>
            {
                if (torrent is null && !TryBuild(session, out torrent, out flaw))
                    return true;
                session.IsHashed = true;
                return await StoreAsync(session, torrent);
            },
            fileId
        );
        if (!stored)
            return;
        if (torrent is null)
        {
            await GiveUpAsync(session, flaw!);
            return;
        }
        await session.CloseAsync();
        sessions.Remove(session);
        admission.Complete(fileId);
        await AnnounceAsync(new StoredContent(session.Manifest, torrent.Content));
        telemetry.Published(clock.GetElapsedTime(started));
        logger.LogInformation(
            "Published {FileId}, {SizeBytes} bytes, info-hash {InfoHash}",
            fileId,
            session.Manifest.SizeBytes,
            torrent.Content.InfoHash
        );
    }

    private static bool TryBuild(
        UploadSession session,
        [NotNullWhen(true)] out FinishedTorrent? torrent,
        [NotNullWhen(false)] out string? flaw
    )
    {
        IContentUpload upload = session.Upload!;
        return TorrentBuilder.TryBuild(
            session.Manifest,
            upload.PieceHashes.Span,
            upload.HashState,
            out torrent,
            out flaw
        );
    }

    private async Task<bool> StoreAsync(UploadSession session, FinishedTorrent torrent) =>
        await session.Upload!.CompleteAsync(torrent.Content, torrent.Stored, lifetime.ApplicationStopping)
        == StoreStatus.Done;

    // Trying again would find the same flaw.
    private async Task GiveUpAsync(UploadSession session, string flaw)
    {
        string fileId = session.Manifest.FileId;
        logger.LogWarning("Upload {FileId} cannot be published: {Flaw}", fileId, flaw);
        await RepeatAsync(
            async () =>
            {
                await remover.RemoveAsync(session, $"No torrent can be made of it: {flaw}");
                return true;
            },
            fileId
        );
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
