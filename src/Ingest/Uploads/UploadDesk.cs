using System.Diagnostics;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Telemetry;
using Distribution.Ingest.Uploads.Checksums;
using Distribution.Ingest.Uploads.Parts;
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
    UploadIntake intake,
    UploadRemover remover,
    UploadParts parts,
    SourceFeeds feeds,
    IngestOptions options,
    TimeProvider clock,
    ILogger<UploadDesk> logger
)
{
    // A holder lets go within one flush to the disk; longer means that the disk hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Publishing takes milliseconds; after a restart there may be a long file to hash, which the client need not wait for.
    private static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(5);

    public Task<UploadStep> CreateAsync(NewUpload asked, CancellationToken cancellation) =>
        CreateAsync(asked, asked.ToManifest(FileIds.Create(), options.DefaultFormat, clock.GetUtcNow()), cancellation);

    /// <summary>Creates an upload that the server puts together from stored parts; its size is theirs.</summary>
    public async Task<UploadStep> ConcatenateAsync(
        NewUpload asked,
        IReadOnlyList<string> partIds,
        CancellationToken cancellation
    )
    {
        ContentManifest manifest = asked.ToManifest(FileIds.Create(), options.DefaultFormat, clock.GetUtcNow());
        (long size, IResult? refusal) = await parts.UseAsync(manifest.FileId, asked.PublisherId, partIds, cancellation);
        if (refusal is not null)
            return UploadStep.Refused(manifest, refusal);
        asked = asked with { SizeBytes = size, Source = new ContentSource(ContentSourceKind.Parts, partIds) };
        manifest = asked.ToManifest(manifest.FileId, options.DefaultFormat, manifest.CreatedAt);
        bool created = false;
        try
        {
            UploadStep step = await CreateAsync(asked, manifest, cancellation);
            created = step.Refusal is null;
            return step;
        }
        finally
        {
            if (!created)
                await parts.ReleaseAsync(manifest, isWhole: false);
        }
    }

    private async Task<UploadStep> CreateAsync(
        NewUpload asked,
        ContentManifest manifest,
        CancellationToken cancellation
    )
    {
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
            if (!manifest.IsPart)
                await grains.GetGrain<IPublishedFileGrain>(manifest.FileId).CreateAsync(UploadRecord.Of(manifest));
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
        if (manifest.Source is not null)
        {
            feeds.Start(session);
            return new UploadStep(manifest, null, null);
        }
        if (manifest.SizeBytes > 0)
            return UploadStep.Done(manifest, 0);
        return await TouchAsync(
                session,
                _ => Task.FromResult(Standing(session)),
                () => Complete(manifest),
                cancellation
            ) ?? UploadStep.Done(manifest, 0);
    }

    /// <summary>Whose upload, part or file it is. Null: unknown.</summary>
    public async Task<string?> FindPublisherAsync(string fileId, CancellationToken cancellation)
    {
        if (!FileIds.IsValid(fileId))
            return null;
        if (await sessions.FindAsync(fileId, cancellation) is { } session)
            return session.Manifest.PublisherId;
        if (await FindStoredAsync(fileId, cancellation) is { } stored)
            return stored.PublisherId;
        return (await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync())?.PublisherId;
    }

    /// <summary>Where an upload, or the file that it became, stands. Null: unknown.</summary>
    /// <remarks>Cuts off a request that is still appending: only then does the offset stand still.</remarks>
    public async Task<UploadStep?> StatusAsync(string fileId, CancellationToken cancellation)
    {
        if (await sessions.FindAsync(fileId, cancellation) is not { } session)
            return await FindStoredAsync(fileId, cancellation) is { } stored ? Complete(stored) : null;
        // Nobody appends to these, so nobody needs the offset; and who asks must not cut off the server itself.
        if (session.Manifest.Source is not null)
            return session.IsCancelled ? null : new UploadStep(session.Manifest, null, null);
        return await TouchAsync(
            session,
            _ => Task.FromResult(Standing(session)),
            () => Complete(session.Manifest),
            cancellation
        );
    }

    /// <summary>
    /// Says that somebody means to append to an upload, which puts off its expiration. Null: unknown. Refused: no bytes can be sent to
    /// it. An offset: it is whole.
    /// </summary>
    public async Task<UploadStep?> TouchAsync(string fileId, CancellationToken cancellation)
    {
        if (await sessions.FindAsync(fileId, cancellation) is not { } session)
            return await FindStoredAsync(fileId, cancellation) is not { } stored ? null
                : stored.Source is null ? Complete(stored)
                : RefuseBytes(stored);
        session.TouchedAt = clock.GetUtcNow();
        return session.IsCancelled ? null
            : session.Manifest.Source is null ? new UploadStep(session.Manifest, null, null)
            : RefuseBytes(session.Manifest);
    }

    /// <summary>Appends a body at <paramref name="offset"/>. Null: unknown.</summary>
    /// <param name="checksum">Of the body; nothing of a body that does not have it is kept. Null: none was promised.</param>
    public async Task<UploadStep?> AppendAsync(
        string fileId,
        long offset,
        IncomingBody body,
        BodyChecksum? checksum,
        CancellationToken cancellation
    )
    {
        if (await sessions.FindAsync(fileId, cancellation) is not { } session)
            return await FindStoredAsync(fileId, cancellation) is { } stored
                ? AppendToComplete(stored, offset, body.LengthBytes)
                : null;
        return await TouchAsync(
            session,
            lease => AppendAsync(session, offset, body, checksum, lease),
            () => AppendToComplete(session.Manifest, offset, body.LengthBytes),
            cancellation
        );
    }

    /// <summary>Cancels an upload and removes what came of it; a whole file stays. Null: unknown.</summary>
    public async Task<UploadStep?> CancelAsync(string fileId, string reason, CancellationToken cancellation) =>
        await sessions.FindAsync(fileId, cancellation) is { } session
            ? await TakeAndTouchAsync(
                session,
                _ => RemoveAsync(session, reason),
                () => Complete(session.Manifest),
                cancellation
            )
            : null;

    /// <summary>Ends an upload, however far it is: a whole file is taken down, as by the API. Null: unknown.</summary>
    /// <param name="mayTakeDown">False: a whole file is refused.</param>
    public async Task<UploadStep?> TerminateAsync(string fileId, bool mayTakeDown, CancellationToken cancellation)
    {
        if (await sessions.FindAsync(fileId, cancellation) is { } session)
        {
            bool isWhole = false;
            UploadStep? step = await TakeAndTouchAsync(
                session,
                _ => RemoveAsync(session, "The publisher cancelled the upload."),
                () =>
                {
                    isWhole = true;
                    return Complete(session.Manifest);
                },
                cancellation
            );
            if (!isWhole)
                return step;
            if (session.Publishing is { } publishing)
                await Task.WhenAny(publishing, Task.Delay(PublishPatience, clock, cancellation));
        }
        if (await FindStoredAsync(fileId, cancellation) is not { } stored)
            return null;
        if (stored.IsPart)
            await parts.TerminateAsync(fileId);
        else if (!mayTakeDown)
            return UploadStep.Refused(stored, Problem.TakedownForbidden.With("Its upload is whole: it is a file now."));
        else
            await grains.GetGrain<IPublishedFileGrain>(fileId).UnpublishAsync();
        return UploadStep.Done(stored, 0);
    }

    /// <summary>True where the id was an upload's or a file's that has come to its end.</summary>
    public async Task<bool> IsGoneAsync(string fileId) =>
        FileIds.IsValid(fileId)
        && await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync()
            is { State: FileState.Failed or FileState.Unpublished };

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
        IncomingBody body,
        BodyChecksum? checksum,
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
        if (body.LengthBytes > missing)
            return UploadStep.Refused(
                manifest,
                Problem.BodyTooLong.With($"{missing} bytes are missing; the body has {body.LengthBytes}."),
                upload.DurableBytes
            );
        using Activity? activity = IngestTelemetry.Activities.StartActivity("upload.patch");
        activity?.SetTag("distribution.file.id", manifest.FileId);
        activity?.SetTag("distribution.upload.offset", offset);
        (SliceEnd end, IResult? unverified) = checksum is null
            ? (await intake.TakeAsync(upload, body, lease.TakenOver), null)
            : await VerifiedAsync(session, body, checksum, lease);
        long durable = upload.DurableBytes;
        activity?.SetTag("distribution.upload.end", end.ToString());
        activity?.SetTag("distribution.upload.bytes", durable - offset);
        admission.Grow(manifest.FileId, durable);
        // The hashers are ahead of what is kept.
        if (end == SliceEnd.StoreFull || (checksum is not null && (end != SliceEnd.Complete || unverified is not null)))
            await session.CloseAsync();
        IResult? refusal = end switch
        {
            SliceEnd.Complete => unverified,
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

    /// <summary>Takes a body in, and keeps all of it or nothing.</summary>
    private async Task<(SliceEnd End, IResult? Refusal)> VerifiedAsync(
        UploadSession session,
        IncomingBody body,
        BodyChecksum checksum,
        UploadLease lease
    )
    {
        await using var upload = new UnverifiedUpload(session.Upload!);
        using var hashed = new HashedBody(body.Reader, checksum.Algorithms);
        SliceEnd end = await intake.TakeAsync(upload, body with { Reader = hashed }, lease.TakenOver);
        if (end != SliceEnd.Complete)
            return (end, null);
        if (checksum.Verify(hashed) is { } refusal)
            return (end, refusal);
        StoreStatus status = await upload.KeepAsync(CancellationToken.None);
        return (status == StoreStatus.Full ? SliceEnd.StoreFull : end, null);
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

    private static UploadStep RefuseBytes(ContentManifest manifest) =>
        UploadStep.Refused(manifest, Problem.NotForBytes.With("No bytes can be sent to it."));

    private async Task<UploadStep> RemoveAsync(UploadSession session, string reason)
    {
        await remover.RemoveAsync(session, reason);
        return UploadStep.Done(session.Manifest, 0);
    }

    /// <summary>What an upload became, unless it was terminated since.</summary>
    private async Task<ContentManifest?> FindStoredAsync(string fileId, CancellationToken cancellation)
    {
        if (!FileIds.IsValid(fileId) || await store.FindAsync(fileId, cancellation) is not { } stored)
            return null;
        bool isThere = stored.Manifest.IsPart
            ? await parts.HasAsync(fileId, cancellation)
            : await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync() is not { State: FileState.Unpublished };
        return isThere ? stored.Manifest : null;
    }
}
