using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Distribution.BitTorrent.Pieces;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Telemetry;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// Takes one request body into the store and hashes it while it streams. Nothing is read again and memory is bounded
/// (<see cref="ParallelContentHasher.MaxBlocks"/>): where the store or the hashes are slow, the socket waits.
/// </summary>
/// <remarks>
/// <code>
/// body ─▶ blocks ─▶ write ─▶ hashes, side by side ─▶ joined in order ─▶ checkpoints (flush, then journal)
/// </code>
/// Each arrow is a queue between two tasks. A block is hashed once it is written, so nothing is ever checkpointed that was not.
/// </remarks>
internal sealed class Slicer : IDisposable
{
    /// <summary>A checkpoint at least every so many bytes: what kill -9 can cost a client to send again.</summary>
    public const int CheckpointBytes = 32 << 20;

    /// <summary>And at least after this time, for slow clients.</summary>
    public static readonly TimeSpan CheckpointTime = TimeSpan.FromSeconds(5);

    // So much in one read is no slow client's.
    private const int BulkBytes = 32 << 10;

    // Fewer and longer writes: a disk takes 2 MiB at once a third faster than in four.
    private const int MaxBlocksAtOnce = 4;

    // Small messages, one a block: this many leave a slow disk 128 MiB behind before the socket waits for it.
    private const int MaxProgress = 256;

    private readonly IContentUpload _upload;
    private readonly ParallelContentHasher _hasher;
    private readonly IngestTelemetry _telemetry;
    private readonly TimeProvider _clock;

    private readonly Channel<ContentBlock> _toWrite = Channel.CreateUnbounded<ContentBlock>();
    private readonly Channel<HashedStretch> _toCheckpoint = Channel.CreateBounded<HashedStretch>(MaxProgress);
    private readonly CancellationTokenSource _stop;
    private volatile bool _full;

    /// <param name="takenOver">Cancelled when another request wants the upload.</param>
    private Slicer(
        IContentUpload upload,
        ParallelContentHasher hasher,
        IngestTelemetry telemetry,
        TimeProvider clock,
        CancellationToken takenOver
    )
    {
        _upload = upload;
        _hasher = hasher;
        _telemetry = telemetry;
        _clock = clock;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(takenOver);
    }

    /// <summary>
    /// Takes the body in at the upload's durable offset. When it returns, <see cref="IContentUpload.DurableBytes"/> says what was
    /// kept.
    /// </summary>
    /// <exception cref="IOException">The store failed in another way than by being full.</exception>
    /// <exception cref="InvalidDataException">The stored state of the hashes does not fit the upload.</exception>
    public static async Task<SliceEnd> RunAsync(
        IncomingBody body,
        IContentUpload upload,
        HashWorkers workers,
        IngestTelemetry telemetry,
        TimeProvider clock,
        CancellationToken takenOver
    )
    {
        var hasher = new ParallelContentHasher(
            PieceMap.Of(upload.Manifest),
            workers,
            upload.DurableBytes,
            upload.HashState,
            hashesContent: true,
            telemetry.Hashed,
            clock
        );
        using var slicer = new Slicer(upload, hasher, telemetry, clock, takenOver);
        Task[] stages =
        [
            Task.Run(slicer.WriteAsync, CancellationToken.None),
            Task.Run(slicer.JoinAsync, CancellationToken.None),
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

    public void Dispose() => _stop.Dispose();

    private async Task<SliceEnd> ReadAsync(IncomingBody body)
    {
        long offset = _upload.DurableBytes;
        long size = _upload.Manifest.SizeBytes;
        long bodyEnd = offset + (body.LengthBytes ?? 0);
        PipeReader reader = body.Reader;
        bool isBulk = false;
        long dispatched = _clock.GetTimestamp();
        ContentBlock? block = null;
        SliceEnd end = SliceEnd.Complete;
        // Not a token for each read: a body whose read was given up that way can be neither drained nor answered by the server.
        using CancellationTokenRegistration stop = _stop.Token.UnsafeRegister(
            static reader => ((PipeReader)reader!).CancelPendingRead(),
            reader
        );
        try
        {
            while (true)
            {
                if (body.Places is not null)
                {
                    // A client that sends little at a time has no block while it waits.
                    if (block is null && isBulk && offset < Math.Min(bodyEnd, size))
                        block = await _hasher.RentAsync(offset);
                    body.Places.Place(block is null ? default : FreeSpace(block, bodyEnd), bodyEnd - offset);
                }
                ReadResult result = await reader.ReadAsync(CancellationToken.None);
                ReadOnlySequence<byte> data = result.Buffer;
                isBulk = data.Length >= BulkBytes;
                if (block is not null && block.Holds(data))
                {
                    block.Advance((int)data.Length);
                    offset = block.End;
                    data = default;
                }
                while (!data.IsEmpty && offset < size)
                {
                    // Every stage lets its blocks go, whatever happens, so this cannot wait for ever.
                    block ??= await _hasher.RentAsync(offset);
                    long taken = Math.Min(block.FreeBytes, data.Length);
                    block.Append(data.Slice(0, taken));
                    data = data.Slice(taken);
                    offset += taken;
                    // The block that ends the file waits for the end of the body: a body that goes on is none of this file.
                    if (block.IsFull && offset < size)
                        Dispatch(ref block, ref dispatched);
                }
                bool tooLong = !data.IsEmpty;
                reader.AdvanceTo(result.Buffer.End);
                // Not before: who hashes the body for its checksum does so as it is advanced.
                if (block is { IsFull: true } && offset < size)
                    Dispatch(ref block, ref dispatched);
                if (tooLong)
                {
                    if (block is not null)
                        _hasher.Return(block);
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
                if (block is { Length: > 0 } && offset < size && _clock.GetElapsedTime(dispatched) > CheckpointTime)
                    Dispatch(ref block, ref dispatched);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Reset, timed out, or ended before its Content-Length: the server says all of these with IOExceptions.
            end = SliceEnd.Truncated;
        }
        finally
        {
            // Whatever reads on, it does not read into a block.
            body.Places?.TakeBack();
        }
        if (block is { Length: 0 })
            _hasher.Return(block);
        else if (block is not null)
            Dispatch(ref block, ref dispatched);
        return end;
    }

    private static Memory<byte> FreeSpace(ContentBlock block, long bodyEnd) =>
        block.FreeSpace[..(int)Math.Min(block.FreeBytes, bodyEnd - block.End)];

    private void Dispatch(ref ContentBlock? block, ref long dispatched)
    {
        _telemetry.Uploaded(block!.Length);
        _toWrite.Writer.TryWrite(block);
        block = null;
        dispatched = _clock.GetTimestamp();
    }

    private async Task WriteAsync()
    {
        var blocks = new List<ContentBlock>(MaxBlocksAtOnce);
        ChannelReader<ContentBlock> toWrite = _toWrite.Reader;
        try
        {
            while (await toWrite.WaitToReadAsync())
            {
                blocks.Clear();
                while (blocks.Count < MaxBlocksAtOnce && toWrite.TryRead(out ContentBlock? block))
                    blocks.Add(block);
                int written = 0;
                try
                {
                    if (!_full)
                        written = await _upload.WriteAsync(
                            blocks[0].Start,
                            [.. blocks.Select(block => block.Data)],
                            default
                        );
                    if (written < blocks.Count && !_full)
                        StopFull();
                }
                finally
                {
                    for (int i = written; i < blocks.Count; i++)
                        _hasher.Return(blocks[i]);
                }
                for (int i = 0; i < written; i++)
                    _hasher.Post(blocks[i]);
            }
        }
        catch
        {
            // The stage before must not wait for a failed one: what still comes is let go.
            await _stop.CancelAsync();
            await foreach (ContentBlock block in toWrite.ReadAllAsync())
                _hasher.Return(block);
            throw;
        }
        finally
        {
            _hasher.Complete();
        }
    }

    private async Task JoinAsync()
    {
        try
        {
            await foreach (HashedStretch stretch in _hasher.ReadAllAsync())
                await _toCheckpoint.Writer.WriteAsync(stretch);
        }
        catch
        {
            await _stop.CancelAsync();
            throw;
        }
        finally
        {
            _toCheckpoint.Writer.Complete();
        }
    }

    private async Task CheckpointAsync()
    {
        ChannelReader<HashedStretch> progress = _toCheckpoint.Reader;
        var hashes = new ArrayBufferWriter<byte>();
        var blockStates = new ArrayBufferWriter<byte>();
        // Of a folder nobody asks for them.
        BlockStateMap? map = _upload.Manifest is { Files: null, IsPart: false } manifest
            ? new BlockStateMap(manifest.PieceLengthBytes, manifest.SizeBytes)
            : null;
        long reached = _upload.DurableBytes;
        ReadOnlyMemory<byte> state = default;
        long last = _clock.GetTimestamp();
        bool failed = false;
        try
        {
            while (await progress.WaitToReadAsync())
            {
                while (progress.TryRead(out HashedStretch stretch))
                {
                    reached = stretch.End;
                    state = stretch.State;
                    hashes.Write(stretch.PieceRecords.Span);
                    blockStates.Write(stretch.BlockStates.Span);
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
            await foreach (HashedStretch _ in progress.ReadAllAsync()) { }
            throw;
        }

        async Task SaveAsync()
        {
            if (failed)
                return;
            if (map is not null && blockStates.WrittenCount > 0)
                _upload.KeepBlockStates(map.CountUpTo(_upload.DurableBytes), blockStates.WrittenSpan);
            blockStates.ResetWrittenCount();
            if (await _upload.CheckpointAsync(reached, hashes.WrittenMemory, state, default) == StoreStatus.Full)
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
}
