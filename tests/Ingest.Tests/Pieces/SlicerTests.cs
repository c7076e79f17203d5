using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Distribution.Contracts.Files;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Telemetry;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.Tests.Pieces;

/// <summary>The whole way from a request's body to the checkpoints, with a store that keeps in mind what it was told.</summary>
public sealed class SlicerTests : IDisposable
{
    private readonly HashWorkers _workers = new(2);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IngestTelemetry _telemetry;

    public SlicerTests() => _telemetry = new IngestTelemetry(_services.GetRequiredService<IMeterFactory>());

    public void Dispose()
    {
        _workers.Dispose();
        _telemetry.Dispose();
        _services.Dispose();
    }

    [Property(MaxTest = 40)]
    public async Task Bodies_cut_anywhere_and_crashes_between_give_the_same_torrent(int seed)
    {
        var random = new Random(seed);
        var content = ContentCase.Random(seed);
        var upload = new MemoryUpload(content.Manifest);
        while (upload.DurableBytes < content.Content.Length)
        {
            int start = (int)upload.DurableBytes;
            int end = Math.Min(content.Content.Length, start + random.Next(1, 800_000));
            Assert.Equal(
                SliceEnd.Complete,
                await RunAsync(upload, content.Content.AsMemory(start, end - start), random)
            );
            Assert.Equal(end, upload.DurableBytes);
            // What was not checkpointed is lost, and the next request knows the store's word alone.
            upload = upload.AfterCrash();
        }
        Assert.Equal(content.Content, upload.Data);
        content.AssertTorrentOf(upload.PieceHashes, upload.HashState);
    }

    [Fact]
    public async Task A_full_store_keeps_what_fitted_and_goes_on_when_there_is_room()
    {
        var content = ContentCase.File(5_000_000, 32768, TorrentFormat.Hybrid);
        var upload = new MemoryUpload(content.Manifest) { RoomBytes = 2_000_000 };
        Assert.Equal(SliceEnd.StoreFull, await RunAsync(upload, content.Content, new Random(1)));
        Assert.InRange(upload.DurableBytes, 1, 2_000_000);
        upload = upload.AfterCrash();
        upload.RoomBytes = long.MaxValue;
        int start = (int)upload.DurableBytes;
        Assert.Equal(SliceEnd.Complete, await RunAsync(upload, content.Content.AsMemory(start), new Random(2)));
        content.AssertTorrentOf(upload.PieceHashes, upload.HashState);
    }

    [Fact]
    public async Task A_body_that_is_too_long_or_cut_off_is_told_apart()
    {
        var content = ContentCase.File(1_000_000, 16384, TorrentFormat.V1);
        var upload = new MemoryUpload(content.Manifest);
        byte[] longer = [.. content.Content, 1];
        Assert.Equal(SliceEnd.TooLong, await RunAsync(upload, longer, new Random(1)));
        Assert.True(upload.DurableBytes < content.Content.Length);
        int start = (int)upload.DurableBytes;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(content.Content.AsMemory(start, 70_000), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync(new IOException("The client is gone."));
        Assert.Equal(SliceEnd.Truncated, await RunAsync(upload, pipe.Reader));
        Assert.True(upload.DurableBytes >= start);
    }

    [Fact]
    public async Task A_store_that_fails_ends_the_request_and_not_the_process()
    {
        var content = ContentCase.File(20_000_000, 16384, TorrentFormat.Hybrid);
        var failing = new MemoryUpload(content.Manifest) { FailsAt = 3_000_000 };
        await Assert.ThrowsAsync<IOException>(() => RunAsync(failing, content.Content, new Random(1)));
        MemoryUpload upload = failing.AfterCrash();
        int start = (int)upload.DurableBytes;
        Assert.Equal(SliceEnd.Complete, await RunAsync(upload, content.Content.AsMemory(start), new Random(2)));
        content.AssertTorrentOf(upload.PieceHashes, upload.HashState);
    }

    [Fact]
    public async Task A_slow_store_holds_the_body_back()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var content = ContentCase.File(40_000_000, 1 << 20, TorrentFormat.Hybrid);
        var upload = new MemoryUpload(content.Manifest) { Gate = new TaskCompletionSource() };
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        Task<SliceEnd> slicing = RunAsync(upload, pipe.Reader);
        long sent = 0;
        // Until the pipe is full and nobody reads from it: the write that hangs says so. All blocks are full by then; how much the pipe
        // holds beyond them depends on what the slicer has begun to copy.
        Task<FlushResult> write;
        while (true)
        {
            write = pipe.Writer.WriteAsync(content.Content.AsMemory((int)sent, 100_000), cancellation).AsTask();
            sent += 100_000;
            if (!write.IsCompleted && await Task.WhenAny(write, upload.Blocked) != write && sent > 16_700_000)
                break;
            await write;
        }
        // The hasher's blocks, the pipe, and one write: no more than that was ever taken from the client.
        Assert.InRange(sent, 16_000_000, (16 << 20) + (1 << 20) + 2 * 100_000);
        Assert.Equal(0, upload.DurableBytes);
        upload.Gate.SetResult();
        await write;
        await pipe.Writer.WriteAsync(content.Content.AsMemory((int)sent), cancellation);
        await pipe.Writer.CompleteAsync();
        Assert.Equal(SliceEnd.Complete, await slicing);
        content.AssertTorrentOf(upload.PieceHashes, upload.HashState);
    }

    private async Task<SliceEnd> RunAsync(MemoryUpload upload, ReadOnlyMemory<byte> body, Random random)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        Task<SliceEnd> slicing = RunAsync(upload, pipe.Reader);
        while (!body.IsEmpty)
        {
            int taken = Math.Min(body.Length, random.Next(1, 200_000));
            FlushResult flushed = await pipe.Writer.WriteAsync(body[..taken]);
            if (flushed.IsCompleted || slicing.IsCompleted)
                break;
            body = body[taken..];
        }
        await pipe.Writer.CompleteAsync();
        return await slicing;
    }

    private async Task<SliceEnd> RunAsync(MemoryUpload upload, PipeReader body)
    {
        try
        {
            return await Slicer.RunAsync(
                new IncomingBody(body, null, null),
                upload,
                _workers,
                _telemetry,
                TimeProvider.System,
                CancellationToken.None
            );
        }
        finally
        {
            await body.CompleteAsync();
        }
    }
}
