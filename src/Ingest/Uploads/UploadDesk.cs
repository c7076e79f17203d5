using System.Diagnostics;
using System.IO.Pipelines;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Uploads;

/// <summary>What can be done to an upload, apart from how tus says it over HTTP.</summary>
internal sealed class UploadDesk(
    IContentStore store,
    IGrainFactory grains,
    UploadSessions sessions,
    UploadAdmission admission,
    UploadFinisher finisher,
    IngestTelemetry telemetry,
    IngestOptions options,
    TimeProvider clock,
    ILogger<UploadDesk> logger
)
{
    // A holder lets go within one flush to the disk; longer means that the disk hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Publishing takes milliseconds; after a restart there may be a long file to hash, which the client need not wait for.
    private static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(5);

    public async Task<UploadStep> CreateAsync(NewUpload asked, CancellationToken cancellation)
    {
        ContentManifest manifest = asked.ToManifest(FileIds.Create(), options.DefaultFormat, clock.GetUtcNow());
        if (RequestedPieces.Check(asked) is { } wrongPieces)
            return UploadStep.Refused(manifest, Problem.InvalidMetadata.With(wrongPieces));
        if (await admission.EnterAsync(manifest, cancellation) is { } refusal)
            return UploadStep.Refused(manifest, refusal);
        bool created = false;
        try
        {
            await using (IContentUpload? upload = await store.CreateAsync(manifest, cancellation))
            {
                if (upload is null)
                    return UploadStep.Refused(
                        manifest,
                        Problem.InsufficientStorage.With("The disk is full: not even an empty upload fits.")
                    );
            }
            // After the store: an upload without a record is healed at the next start, a record without an upload never.
            await grains.GetGrain<IPublishedFileGrain>(manifest.FileId).CreateAsync(RecordOf(manifest));
            created = true;
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException))
        {
            logger.LogWarning(e, "Upload {FileId} could not be registered", manifest.FileId);
            return UploadStep.Refused(
                manifest,
                Problem.CatalogUnavailable.With("The catalog of files does not answer; try again.")
            );
        }
        finally
        {
            if (!created)
            {
                await store.DeleteAsync(manifest.FileId, CancellationToken.None);
                admission.Leave(manifest.FileId);
            }
        }
        UploadSession session = sessions.Add(manifest);
        if (manifest.SizeBytes > 0)
            return UploadStep.Done(manifest, 0);
        return await TouchAsync(
                session,
                _ => Task.FromResult(Standing(session)),
                () => Complete(manifest),
                cancellation
            ) ?? UploadStep.Done(manifest, 0);
    }

    /// <summary>Where an upload, or the file that it became, stands. Null: unknown.</summary>
    /// <remarks>Cuts off a request that is still appending: only then does the offset stand still.</remarks>
    public async Task<UploadStep?> StatusAsync(string fileId, CancellationToken cancellation)
    {
        if (await sessions.FindAsync(fileId, cancellation) is { } session)
            return await TouchAsync(
                session,
                _ => Task.FromResult(Standing(session)),
                () => Complete(session.Manifest),
                cancellation
            );
        return await FindStoredAsync(fileId, cancellation) is { } stored ? Complete(stored) : null;
    }

    /// <summary>Appends a body at <paramref name="offset"/>. Null: unknown.</summary>
    /// <param name="bodyBytes">The body's Content-Length; null: chunked.</param>
    public async Task<UploadStep?> AppendAsync(
        string fileId,
        long offset,
        PipeReader body,
        long? bodyBytes,
        CancellationToken cancellation
    )
    {
        if (await sessions.FindAsync(fileId, cancellation) is { } session)
            return await TouchAsync(
                session,
                lease => AppendAsync(session, offset, body, bodyBytes, lease),
                () => AppendToComplete(session.Manifest, offset, bodyBytes),
                cancellation
            );
        return await FindStoredAsync(fileId, cancellation) is { } stored
            ? AppendToComplete(stored, offset, bodyBytes)
            : null;
    }

    /// <summary>Cancels an upload and removes what came of it. Null: unknown.</summary>
    public async Task<UploadStep?> CancelAsync(string fileId, string reason, CancellationToken cancellation)
    {
        if (await sessions.FindAsync(fileId, cancellation) is not { } session)
            return await FindStoredAsync(fileId, cancellation) is { } stored ? CancelComplete(stored) : null;
        return await TouchAsync(
            session,
            async _ =>
            {
                // The record first: the next start deletes uploads whose record has failed, but cannot fail those that are gone.
                await grains.GetGrain<IPublishedFileGrain>(fileId).FailAsync(reason);
                session.IsCancelled = true;
                await session.CloseAsync();
                await store.DeleteAsync(fileId, CancellationToken.None);
                sessions.Remove(session);
                admission.Leave(fileId);
                return UploadStep.Done(session.Manifest, 0);
            },
            () => CancelComplete(session.Manifest),
            cancellation
        );
    }

    /// <summary>True where the id was an upload's or a file's that has come to its end.</summary>
    public async Task<bool> IsGoneAsync(string fileId) =>
        FileIds.IsValid(fileId)
        && await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync()
            is { State: FileState.Failed or FileState.Unpublished };

    /// <summary>The upload's record, the same at creation and when the start finds it missing.</summary>
    public static PublishedFile RecordOf(ContentManifest manifest) =>
        new()
        {
            Id = manifest.FileId,
            PublisherId = manifest.PublisherId,
            Title = manifest.Title,
            Name = manifest.Name,
            ContentType = manifest.ContentType,
            SizeBytes = manifest.SizeBytes,
            State = FileState.Uploading,
            CreatedAt = manifest.CreatedAt,
            Format = manifest.Format,
            FolderFileCount = manifest.Files?.Count ?? 0,
        };

    private async Task<UploadStep?> TouchAsync(
        UploadSession session,
        Func<UploadLease, Task<UploadStep>> action,
        Func<UploadStep> whenComplete,
        CancellationToken cancellation
    )
    {
        UploadStep? step = await TakeAndTouchAsync(session, action, whenComplete, cancellation);
        // The bytes are safe, so the answer does not depend on the publishing; but it is nicer when the file is there with it.
        if (step is { Refusal: null } && session.Publishing is { IsCompleted: false } publishing)
            await Task.WhenAny(publishing, Task.Delay(PublishPatience, clock, cancellation));
        return step;
    }

    private async Task<UploadStep?> TakeAndTouchAsync(
        UploadSession session,
        Func<UploadLease, Task<UploadStep>> action,
        Func<UploadStep> whenComplete,
        CancellationToken cancellation
    )
    {
        using UploadLease? lease = await session.TakeAsync(Patience, cancellation);
        if (lease is null)
            return UploadStep.Refused(
                session.Manifest,
                Problem.TakenOver.With("Another request has the upload and does not let go; try again.")
            );
        if (session.IsCancelled)
            return null;
        if (session.Publishing is not null)
            return whenComplete();
        try
        {
            if (!await session.OpenAsync(store, cancellation))
            {
                sessions.Remove(session);
                return await FindStoredAsync(session.Manifest.FileId, cancellation) is null ? null : whenComplete();
            }
            UploadStep step = await action(lease);
            if (session.Upload is { } upload && upload.DurableBytes == session.Manifest.SizeBytes)
                _ = finisher.Start(session);
            return step;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            logger.LogError(e, "The store failed for upload {FileId}", session.Manifest.FileId);
            await session.CloseAsync();
            return UploadStep.Refused(
                session.Manifest,
                Problem.StorageFailed.With("What was acknowledged is kept; ask for the offset and go on from there.")
            );
        }
    }

    private async Task<UploadStep> AppendAsync(
        UploadSession session,
        long offset,
        PipeReader body,
        long? bodyBytes,
        UploadLease lease
    )
    {
        ContentManifest manifest = session.Manifest;
        IContentUpload upload = session.Upload!;
        long missing = manifest.SizeBytes - upload.DurableBytes;
        if (offset != upload.DurableBytes)
            return UploadStep.Refused(
                manifest,
                Problem.WrongOffset.With($"The upload stands at {upload.DurableBytes}, not at {offset}."),
                upload.DurableBytes
            );
        if (bodyBytes > missing)
            return UploadStep.Refused(
                manifest,
                Problem.BodyTooLong.With($"{missing} bytes are missing; the body has {bodyBytes}."),
                upload.DurableBytes
            );
        using Activity? activity = IngestTelemetry.Activities.StartActivity("upload.patch");
        activity?.SetTag("distribution.file.id", manifest.FileId);
        activity?.SetTag("distribution.upload.offset", offset);
        SliceEnd end = await Slicer.RunAsync(
            body,
            upload,
            session.Pieces,
            session.File,
            telemetry,
            clock,
            lease.TakenOver
        );
        long durable = upload.DurableBytes;
        activity?.SetTag("distribution.upload.end", end.ToString());
        activity?.SetTag("distribution.upload.bytes", durable - offset);
        admission.Grow(manifest.FileId, durable);
        if (end == SliceEnd.StoreFull)
            await session.CloseAsync();
        IResult? refusal = end switch
        {
            SliceEnd.Complete => null,
            SliceEnd.TakenOver => Problem.TakenOver.With($"The upload stands at {durable}."),
            SliceEnd.TooLong => Problem.BodyTooLong.With(
                $"{missing} bytes were missing; the body has more. The upload stands at {durable}."
            ),
            SliceEnd.StoreFull => Problem.InsufficientStorage.With(
                $"The disk is full. The upload stands at {durable} and can go on from there when there is room."
            ),
            _ => Problem.TruncatedBody.With($"The body ended early. The upload stands at {durable}."),
        };
        return new UploadStep(manifest, durable, refusal);
    }

    private static UploadStep Standing(UploadSession session) =>
        UploadStep.Done(session.Manifest, session.Upload!.DurableBytes);

    private static UploadStep Complete(ContentManifest manifest) => UploadStep.Done(manifest, manifest.SizeBytes);

    private static UploadStep AppendToComplete(ContentManifest manifest, long offset, long? bodyBytes) =>
        offset == manifest.SizeBytes && bodyBytes == 0
            ? Complete(manifest)
            : UploadStep.Refused(
                manifest,
                Problem.AlreadyStored.With($"All {manifest.SizeBytes} bytes are there."),
                manifest.SizeBytes
            );

    private static UploadStep CancelComplete(ContentManifest manifest) =>
        UploadStep.Refused(
            manifest,
            Problem.AlreadyStored.With("A published file is taken down with DELETE /api/v1/files/{id}.")
        );

    private async Task<ContentManifest?> FindStoredAsync(string fileId, CancellationToken cancellation) =>
        FileIds.IsValid(fileId) ? (await store.FindAsync(fileId, cancellation))?.Manifest : null;
}
