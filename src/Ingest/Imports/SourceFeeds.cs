using System.Collections.Concurrent;
using System.IO.Pipelines;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Uploads;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Imports;

/// <summary>
/// Gets the bytes of uploads that have a source, through the same slicer as a client's. It goes on from the last checkpoint after every
/// fault and every restart, and gives up only where the source says that trying again would not help.
/// </summary>
internal sealed class SourceFeeds(
    IContentStore store,
    UploadIntake intake,
    UploadAdmission admission,
    UploadFinisher finisher,
    UploadRemover remover,
    IEnumerable<ISourceReader> readers,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<SourceFeeds> logger
) : IHostedService
{
    private const int BufferBytes = 256 << 10;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<ContentSourceKind, ISourceReader> _readers = readers.ToDictionary(reader =>
        reader.Kind
    );
    private readonly ConcurrentDictionary<string, SourceFeed> _feeds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>Starts the work in the background, once for each upload.</summary>
    public void Start(UploadSession session)
    {
        var feed = new SourceFeed();
        if (!_feeds.TryAdd(session.Manifest.FileId, feed))
            return;
        Task run = Task.Run(() => RunAsync(session, feed));
        _running[run] = true;
        _ = run.ContinueWith(
            ended => _running.TryRemove(ended, out _),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
    }

    /// <summary>Null: nothing is under way for this upload.</summary>
    public SourceFeed? Find(string fileId) => _feeds.GetValueOrDefault(fileId);

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets each feed make durable what it has, so that the next start need not get it again.</summary>
    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_running.Keys).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host waits no longer; what was checkpointed stays.
        }
    }

    private async Task RunAsync(UploadSession session, SourceFeed feed)
    {
        string fileId = session.Manifest.FileId;
        TimeSpan delay = FirstRetry;
        try
        {
            while (true)
            {
                long before = feed.DurableBytes;
                feed.Trouble = await TryAsync(session, feed);
                if (feed.Trouble is null)
                    return;
                if (feed.DurableBytes > before)
                    delay = FirstRetry;
                logger.LogWarning(
                    "Upload {FileId} waits {DelaySeconds} s for its source: {Trouble}",
                    fileId,
                    delay.TotalSeconds,
                    feed.Trouble
                );
                await Task.Delay(delay, clock, lifetime.ApplicationStopping);
                delay = delay * 2 < LastRetry ? delay * 2 : LastRetry;
            }
        }
        catch (Exception e) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            logger.LogDebug(e, "Upload {FileId} goes on at the next start", fileId);
        }
        finally
        {
            _feeds.TryRemove(fileId, out _);
        }
    }

    /// <summary>Null: there is nothing left to do. Otherwise why to try again.</summary>
    private async Task<string?> TryAsync(UploadSession session, SourceFeed feed)
    {
        Task publishing;
        try
        {
            using UploadLease? lease = await session.TakeAsync(Patience, lifetime.ApplicationStopping);
            if (lease is null)
                return "Somebody else has the upload.";
            if (session.IsCancelled || !await session.OpenAsync(store, lifetime.ApplicationStopping))
                return null;
            try
            {
                string? trouble = await FeedAsync(session, feed, lease);
                if (trouble is not null)
                    return trouble;
            }
            catch (SourceFaultException e)
            {
                logger.LogWarning("Upload {FileId} fails: {Reason}", session.Manifest.FileId, e.Message);
                await remover.RemoveAsync(session, e.Message);
                return null;
            }
            publishing = finisher.Start(session);
        }
        catch (Exception e) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Whatever it is: what is durable stays, and the next attempt opens everything anew.
            logger.LogWarning(e, "Getting the bytes of {FileId} failed", session.Manifest.FileId);
            return e.Message;
        }
        await publishing;
        return null;
    }

    private async Task<string?> FeedAsync(UploadSession session, SourceFeed feed, UploadLease lease)
    {
        ContentManifest manifest = session.Manifest;
        IContentUpload upload = session.Upload!;
        feed.DurableBytes = upload.DurableBytes;
        if (upload.DurableBytes == manifest.SizeBytes)
            return null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lease.TakenOver, lifetime.ApplicationStopping);
        SliceEnd end;
        try
        {
            ISourceReader reader = _readers[manifest.Source!.Kind];
            await using Stream source = manifest.Torrent is null
                ? await reader.OpenAsync(manifest, upload.DurableBytes, stop.Token)
                : await CheckedStream.OpenAsync(reader, manifest, upload.DurableBytes, stop.Token);
            feed.Begin(upload.DurableBytes, clock.GetTimestamp());
            PipeReader body = PipeReader.Create(
                source,
                new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: BufferBytes / 4, leaveOpen: true)
            );
            end = await intake.TakeAsync(
                new WatchedUpload(upload, feed),
                new IncomingBody(body, null, null),
                stop.Token
            );
            await body.CompleteAsync();
            if (source is CheckedStream { BadPiece: { } piece })
                throw new SourceFaultException($"Piece {piece} does not fit the torrent: the bytes are others.");
        }
        finally
        {
            feed.DurableBytes = upload.DurableBytes;
            admission.Grow(manifest.FileId, upload.DurableBytes);
            if (upload.DurableBytes < manifest.SizeBytes)
                await session.CloseAsync();
        }
        lifetime.ApplicationStopping.ThrowIfCancellationRequested();
        if (feed.DurableBytes == manifest.SizeBytes)
            return null;
        return end switch
        {
            SliceEnd.StoreFull => "There is no room in the store.",
            SliceEnd.TakenOver => "It was interrupted.",
            SliceEnd.TooLong => throw new SourceFaultException("The source has more bytes than it said."),
            _ => "The source ended early.",
        };
    }
}
