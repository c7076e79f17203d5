using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Telemetry;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// Cuts one request body into v1 pieces while it streams into the store. Nothing is read again and memory is bounded: at most
/// <see cref="MaxBlocks"/> blocks are under way, and the socket waits for them.
/// </summary>
/// <remarks>
/// <code>
/// body ─▶ blocks ─▶ write ─▶ SHA-1 of the pieces ─▶ checkpoints (flush, journal)
///                       └──▶ SHA-256 of the file
/// </code>
/// Each stage is a task of its own, so that an upload uses all cores that it can. The whole file's SHA-256 is sequential by nature
/// and the slowest stage; several pieces' SHA-1 at a time would therefore gain nothing.
/// </remarks>
internal sealed class Slicer : IDisposable
{
    public const int MaxBlocks = 12;

    /// <summary>A checkpoint at least every so many bytes: what kill -9 can cost a client to send again.</summary>
    public const int CheckpointBytes = 32 << 20;

    /// <summary>And at least after this time, for slow clients.</summary>
    public static readonly TimeSpan CheckpointTime = TimeSpan.FromSeconds(5);

    // Small messages, one a block: this many leave a slow disk 128 MiB behind before the socket waits for it.
    private const int MaxProgress = 256;

    private readonly IContentUpload _upload;
    private readonly PieceHasher _pieces;
    private readonly FileHasher _file;
    private readonly IngestTelemetry _telemetry;
    private readonly TimeProvider _clock;

    private readonly Channel<ContentBlock> _toWrite = Channel.CreateUnbounded<ContentBlock>();
    private readonly Channel<ContentBlock> _toPieces = Channel.CreateUnbounded<ContentBlock>();
    private readonly Channel<ContentBlock> _toFile = Channel.CreateUnbounded<ContentBlock>();
    private readonly Channel<Progress> _toCheckpoint = Channel.CreateBounded<Progress>(MaxProgress);
    private readonly SemaphoreSlim _blocks = new(MaxBlocks);
    private readonly CancellationTokenSource _stop;
    private volatile bool _full;

    /// <param name="takenOver">Cancelled when another request wants the upload.</param>
    private Slicer(
        IContentUpload upload,
        PieceHasher pieces,
        FileHasher file,
        IngestTelemetry telemetry,
        TimeProvider clock,
        CancellationToken takenOver
    )
    {
        _upload = upload;
        _pieces = pieces;
        _file = file;
        _telemetry = telemetry;
        _clock = clock;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(takenOver);
    }

    /// <summary>
    /// Takes the body in at the upload's durable offset. When it returns, <see cref="IContentUpload.DurableBytes"/> says what was
    /// kept. After anything but a checkpointed end the hashers may be ahead of that: open the upload anew.
    /// </summary>
    /// <exception cref="IOException">The store failed in another way than by being full.</exception>
    public static async Task<SliceEnd> RunAsync(
        PipeReader body,
        IContentUpload upload,
        PieceHasher pieces,
        FileHasher file,
        IngestTelemetry telemetry,
        TimeProvider clock,
        CancellationToken takenOver
    )
    {
        using var slicer = new Slicer(upload, pieces, file, telemetry, clock, takenOver);
        Task[] stages =
        [
            Task.Run(slicer.WriteAsync, CancellationToken.None),
            Task.Run(slicer.HashPiecesAsync, CancellationToken.None),
            Task.Run(slicer.HashFileAsync, CancellationToken.None),
            Task.Run(slicer.CheckpointAsync, CancellationToken.None),
        ];
        SliceEnd end;
        try
        {
            end = await slicer.ReadAsync(body);
        }
        finally
        {
            slicer._toWrite.Writer.Complete();
            await Task.WhenAll(stages);
        }
        return slicer._full ? SliceEnd.StoreFull : end;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _blocks.Dispose();
    }

    private async Task<SliceEnd> ReadAsync(PipeReader body)
    {
        long offset = _upload.DurableBytes;
        long size = _upload.Manifest.SizeBytes;
        long dispatched = _clock.GetTimestamp();
        ContentBlock? block = null;
        SliceEnd end = SliceEnd.Complete;
        // Not a token for each read: a body whose read was given up that way can be neither drained nor answered by the server.
        using CancellationTokenRegistration stop = _stop.Token.UnsafeRegister(
            static reader => ((PipeReader)reader!).CancelPendingRead(),
            body
        );
        try
        {
            while (true)
            {
                ReadResult result = await body.ReadAsync(CancellationToken.None);
                ReadOnlySequence<byte> data = result.Buffer;
                while (!data.IsEmpty && offset < size)
                {
                    if (block is null)
                    {
                        // Every stage lets its blocks go, whatever happens, so this cannot wait for ever.
                        await _blocks.WaitAsync();
                        block = new ContentBlock(offset);
                    }
                    long taken = Math.Min(Math.Min(block.Free, data.Length), size - offset);
                    block.Append(data.Slice(0, taken));
                    data = data.Slice(taken);
                    offset += taken;
                    // The block that ends the file waits for the end of the body: a body that goes on is none of this file.
                    if (block.IsFull && offset < size)
                        Dispatch(ref block, ref dispatched);
                }
                bool tooLong = !data.IsEmpty;
                body.AdvanceTo(result.Buffer.End);
                if (tooLong)
                {
                    Drop(block);
                    block = null;
                    end = SliceEnd.TooLong;
                    break;
                }
                if (result.IsCompleted)
                    break;
                if (result.IsCanceled)
                {
                    end = SliceEnd.TakenOver;
                    break;
                }
                if (block is not null && offset < size && _clock.GetElapsedTime(dispatched) > CheckpointTime)
                    Dispatch(ref block, ref dispatched);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Reset, timed out, or ended before its Content-Length: the server says all of these with IOExceptions.
            end = SliceEnd.Truncated;
        }
        if (block is not null)
            Dispatch(ref block, ref dispatched);
        return end;
    }

    private void Dispatch(ref ContentBlock? block, ref long dispatched)
    {
        _telemetry.Uploaded(block!.Length);
        _toWrite.Writer.TryWrite(block);
        block = null;
        dispatched = _clock.GetTimestamp();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (ContentBlock block in _toWrite.Reader.ReadAllAsync())
            {
                if (!_full && await _upload.WriteAsync(block.Start, block.Data, default) == StoreStatus.Full)
                    StopFull();
                if (_full)
                {
                    Drop(block);
                    continue;
                }
                block.Share();
                _toFile.Writer.TryWrite(block);
                _toPieces.Writer.TryWrite(block);
            }
        }
        catch
        {
            await FailAsync(_toWrite.Reader);
            throw;
        }
        finally
        {
            _toFile.Writer.Complete();
            _toPieces.Writer.Complete();
        }
    }

    private async Task HashPiecesAsync()
    {
        try
        {
            await foreach (ContentBlock block in _toPieces.Reader.ReadAllAsync())
            {
                long started = _clock.GetTimestamp();
                byte[] hashes = _pieces.Append(block.Data.Span);
                _telemetry.Hashed("sha1", _clock.GetElapsedTime(started));
                var progress = new Progress(block.End, hashes);
                Drop(block);
                await _toCheckpoint.Writer.WriteAsync(progress);
            }
        }
        catch
        {
            await FailAsync(_toPieces.Reader);
            throw;
        }
        finally
        {
            _toCheckpoint.Writer.Complete();
        }
    }

    private async Task HashFileAsync()
    {
        ChannelReader<ContentBlock> blocks = _toFile.Reader;
        try
        {
            await foreach (ContentBlock block in blocks.ReadAllAsync())
            {
                long started = _clock.GetTimestamp();
                if (_file.Position == block.Start)
                    _file.Append(block.Data.Span);
                long written = block.End;
                Drop(block);
                // Behind, after a restart: every block that comes is stored already, so read from there, and let it pass.
                while (_file.Position < written && !blocks.TryPeek(out _) && !blocks.Completion.IsCompleted)
                    await _file.CatchUpAsync(_upload, written, default);
                _telemetry.Hashed("sha256", _clock.GetElapsedTime(started));
            }
        }
        catch
        {
            await FailAsync(blocks);
            throw;
        }
    }

    // The stages before must not wait for a failed one: what still comes is let go.
    private async Task FailAsync(ChannelReader<ContentBlock> blocks)
    {
        await _stop.CancelAsync();
        await foreach (ContentBlock block in blocks.ReadAllAsync())
            Drop(block);
    }

    private async Task CheckpointAsync()
    {
        ChannelReader<Progress> progress = _toCheckpoint.Reader;
        var hashes = new ArrayBufferWriter<byte>();
        long reached = _upload.DurableBytes;
        long last = _clock.GetTimestamp();
        bool failed = false;
        try
        {
            while (await progress.WaitToReadAsync())
            {
                while (progress.TryRead(out Progress step))
                {
                    reached = step.Offset;
                    hashes.Write(step.Hashes);
                }
                if (
                    reached - _upload.DurableBytes >= CheckpointBytes
                    || _clock.GetElapsedTime(last) >= CheckpointTime && reached > _upload.DurableBytes
                )
                    await SaveAsync();
            }
            if (reached > _upload.DurableBytes)
                await SaveAsync();
        }
        catch
        {
            await _stop.CancelAsync();
            // The stage before must not wait for room here.
            await foreach (Progress _ in progress.ReadAllAsync()) { }
            throw;
        }

        async Task SaveAsync()
        {
            if (failed)
                return;
            if (await _upload.CheckpointAsync(reached, hashes.WrittenMemory, default, default) == StoreStatus.Full)
            {
                failed = true;
                StopFull();
            }
            hashes.ResetWrittenCount();
            last = _clock.GetTimestamp();
        }
    }

    private void StopFull()
    {
        _full = true;
        _stop.Cancel();
    }

    private void Drop(ContentBlock? block)
    {
        if (block is not null && block.Release())
            _blocks.Release();
    }

    private readonly record struct Progress(long Offset, byte[] Hashes);
}
