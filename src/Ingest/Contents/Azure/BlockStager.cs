using System.Collections.Concurrent;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// Takes an upload's bytes in order, cuts them into blocks and stages these side by side. It holds at most
/// <see cref="BlockPlan.Buffers"/> blocks; who writes waits for one that has been staged.
/// </summary>
internal sealed class BlockStager : IAsyncDisposable
{
    private readonly AzureContainer _container;
    private readonly string _blob;
    private readonly BlockPlan _plan;
    private readonly ulong _writer;
    private readonly SemaphoreSlim _buffers;
    private readonly ConcurrentStack<byte[]> _free = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Task> _staging = [];
    private BlockBuffer? _filling;

    /// <param name="offset">Where the writing goes on.</param>
    /// <param name="tail">The bytes from the start of that block to there.</param>
    public BlockStager(
        AzureContainer container,
        string blob,
        BlockPlan plan,
        ulong writer,
        long offset,
        ReadOnlyMemory<byte> tail
    )
    {
        _container = container;
        _blob = blob;
        _plan = plan;
        _writer = writer;
        _buffers = new SemaphoreSlim(plan.Buffers);
        Written = offset;
        FirstBlock = plan.IndexOf(offset);
        if (tail.IsEmpty)
            return;
        _buffers.Wait(0);
        _filling = NewBuffer(FirstBlock);
        _filling.Append(tail.Span);
    }

    /// <summary>The first that this one stages.</summary>
    public int FirstBlock { get; }

    /// <summary>The offset of the next byte.</summary>
    public long Written { get; private set; }

    /// <exception cref="IOException">A block could not be staged.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        while (!data.IsEmpty)
        {
            if (_filling is null)
            {
                await _buffers.WaitAsync(cancellation);
                await ThrowIfFailedAsync();
                int index = _plan.IndexOf(Written);
                lock (_gate)
                    _filling = NewBuffer(index);
            }
            lock (_gate)
            {
                int taken = _filling.Append(data.Span);
                data = data[taken..];
                Written += taken;
                if (!_filling.IsFull)
                    continue;
                _staging[_filling.Index] = StageAsync(_filling);
                _filling = null;
            }
        }
    }

    /// <summary>Waits until all full blocks that begin below an offset are staged.</summary>
    /// <returns>How many blocks are, from the start of the file; and the rest of the bytes below the offset, with who holds them.</returns>
    /// <exception cref="IOException">A block could not be staged.</exception>
    public async Task<(int StagedBlocks, ReadOnlyMemory<byte> Tail, BlockBuffer? Holder)> FlushAsync(long offset)
    {
        int blocks;
        Task[] waited;
        ReadOnlyMemory<byte> tail = default;
        BlockBuffer? holder = null;
        lock (_gate)
        {
            blocks = offset == _plan.SizeBytes ? _plan.BlockCount : _plan.IndexOf(offset + _plan.BlockBytes - 1);
            int last = blocks - 1;
            if (_filling is { } filling && filling.Index == last)
            {
                blocks = last;
                holder = filling;
                holder.Hold();
                tail = holder.First((int)(offset - _plan.StartOf(last)));
            }
            waited = [.. _staging.Where(one => one.Key < blocks).Select(one => one.Value)];
        }
        try
        {
            await Task.WhenAll(waited);
        }
        catch
        {
            holder?.Release();
            throw;
        }
        lock (_gate)
        {
            foreach (int staged in _staging.Keys.Where(index => index < blocks).ToArray())
                _staging.Remove(staged);
        }
        return (blocks, tail, holder);
    }

    /// <summary>Nothing of it is under way any more when this returns.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] left;
        lock (_gate)
        {
            left = [.. _staging.Values];
            _filling?.Release();
            _filling = null;
        }
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task StageAsync(BlockBuffer block)
    {
        try
        {
            // Not on the writer's thread: what hashes the block would hold the writing up.
            await Task.Yield();
            await _container.StageAsync(
                _blob,
                UploadCheckpoint.BlockId(_writer, block.Index),
                block.First(block.Filled),
                _stop.Token
            );
        }
        finally
        {
            block.Release();
        }
    }

    /// <summary>The caller has entered <see cref="_buffers"/>; the buffer's last holder leaves it.</summary>
    private BlockBuffer NewBuffer(int index)
    {
        int length = _plan.LengthOf(index);
        // Its own memory, used again: a shared pool would keep such large pieces long after the upload.
        if (!_free.TryPop(out byte[]? memory))
            memory = GC.AllocateUninitializedArray<byte>((int)Math.Min(_plan.BlockBytes, _plan.SizeBytes));
        return new BlockBuffer(index, length, memory, GiveBack);
    }

    private void GiveBack(byte[] memory)
    {
        _free.Push(memory);
        _buffers.Release();
    }

    private async Task ThrowIfFailedAsync()
    {
        Task? failed;
        lock (_gate)
            failed = _staging.Values.FirstOrDefault(task => task.IsFaulted);
        if (failed is null)
            return;
        _buffers.Release();
        await failed;
    }
}
