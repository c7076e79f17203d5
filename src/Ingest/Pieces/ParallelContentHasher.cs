using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Merkle;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// Hashes a content that comes in order, on all cores and in bounded memory: v1 pieces, v2 leaves, and the whole's SHA-256.
/// </summary>
/// <remarks>
/// <code>
///                ┌─▶ whole content: one lane ───────────────┐
/// blocks ─▶ Post ┼─▶ SHA-1: pieces side by side, by group ─┼─▶ joined in order: records of pieces, state at each block's end
///                └─▶ leaves: each block for itself ─────────┘
/// </code>
/// A lane hashes its blocks in order; lanes run side by side. SHA-1 takes several pieces at once in the processor's vectors
/// (<see cref="HashLanes"/>), so blocks wait until there are enough of them, or for <see cref="V1PieceGroups.MaxWait"/>. The
/// memory is bounded whatever the piece length: at most <see cref="MaxBlocks"/> blocks exist, and <see cref="RentAsync"/> waits for one.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
public sealed class ParallelContentHasher
{
    /// <summary>What one content's blocks may take, whatever its pieces.</summary>
    public const int MaxMemoryBytes = 64 << 20;

    // Beside what is gathered and hashed: what is received and written meanwhile.
    private const int StreamMemoryBytes = 8 << 20;

    private readonly HashWorkers _workers;
    private readonly TimeProvider _clock;
    private readonly Action<string, TimeSpan>? _hashed;
    private readonly ResumableHash? _content;
    private readonly HashLane? _contentLane;
    private readonly PieceJoiner _joiner;
    private readonly Channel<ContentBlock> _posted = Channel.CreateUnbounded<ContentBlock>();
    private readonly SemaphoreSlim _room;
    private readonly V1PieceGroups? _pieces;
    private long _position;

    /// <param name="startBytes">Where to begin; what lies before was hashed by another that left <paramref name="state"/>.</param>
    /// <param name="state">Of <see cref="HashedStretch.State"/>; empty at 0.</param>
    /// <param name="hashesContent">Also the SHA-256 of the whole content, which holds one upload to one core's speed of it.</param>
    /// <param name="hashed">Told how long which hash of a block took, or of the blocks that were hashed together.</param>
    /// <exception cref="InvalidDataException">The state is not of this content at this offset.</exception>
    public ParallelContentHasher(
        PieceMap map,
        HashWorkers workers,
        long startBytes = 0,
        ReadOnlyMemory<byte> state = default,
        bool hashesContent = true,
        Action<string, TimeSpan>? hashed = null,
        TimeProvider? clock = null
    )
    {
        HashState start = HashState.Decode(state, map, startBytes);
        if (startBytes > 0 && start.Content.IsEmpty == hashesContent)
            throw new InvalidDataException("The state has the content's hash where it is not wanted, or lacks it.");
        Map = map;
        _workers = workers;
        _clock = clock ?? TimeProvider.System;
        _hashed = hashed;
        _position = startBytes;
        _joiner = new PieceJoiner(map, start);
        if (hashesContent)
        {
            _content = new ResumableHash(ResumableHashKind.Sha256);
            if (startBytes > 0)
                _content.Import(start.Content.Span);
            _contentLane = new HashLane(workers, HashContent);
        }
        if (map.HasV1)
        {
            ResumableHash? open = null;
            if (!start.Piece.IsEmpty)
            {
                open = new ResumableHash(ResumableHashKind.Sha1);
                open.Import(start.Piece.Span);
            }
            _pieces = new V1PieceGroups(map, workers, open, HashPieces, _clock);
        }
        MaxBlocks = MemoryBytes(map, hashesContent, workers.Count) / ContentBlock.MaxBytes;
        _room = new SemaphoreSlim(MaxBlocks);
    }

    public PieceMap Map { get; }

    /// <summary>So many blocks exist at most.</summary>
    public int MaxBlocks { get; }

    /// <summary>Blocks that exist now.</summary>
    public int BlocksInUse => MaxBlocks - _room.CurrentCount;

    /// <summary>An empty block for the bytes from <paramref name="start"/> on; waits until there is room for it.</summary>
    public async ValueTask<ContentBlock> RentAsync(long start, CancellationToken cancellation = default)
    {
        await _room.WaitAsync(cancellation);
        return new ContentBlock(start, Map.BlockEnd(start, ContentBlock.MaxBytes));
    }

    /// <summary>Gives a block back that is not to be hashed.</summary>
    public void Return(ContentBlock block)
    {
        block.Free();
        _room.Release();
    }

    /// <summary>Hashes a block, which must begin where the last one ended and have at least one byte.</summary>
    public void Post(ContentBlock block)
    {
        if (block.Start != _position || block.Length == 0)
            throw new ArgumentException($"The hasher stands at {_position}, the block begins at {block.Start}.");
        _position = block.End;
        block.Begin((_contentLane is null ? 0 : 1) + (Map.HasV1 ? 1 : 0) + (Map.HasV2 ? 1 : 0));
        _posted.Writer.TryWrite(block);
        _contentLane?.Post(block);
        _pieces?.Post(block);
        if (Map.HasV2)
            new HashLane(_workers, HashLeaves).Post(block);
    }

    /// <summary>No more blocks come.</summary>
    public void Complete()
    {
        _pieces?.Close();
        _posted.Writer.TryComplete();
    }

    /// <summary>What is hashed, in order, to be read once; the blocks go back as it is read. Ends after <see cref="Complete"/>.</summary>
    public async IAsyncEnumerable<HashedStretch> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await foreach (ContentBlock block in _posted.Reader.ReadAllAsync(cancellation))
        {
            HashedStretch stretch;
            try
            {
                await block.Hashed;
                stretch = _joiner.Join(block);
            }
            catch
            {
                // Whoever posts blocks must not wait for room in vain.
                _ = DrainAsync();
                throw;
            }
            finally
            {
                Return(block);
            }
            yield return stretch;
        }
    }

    /// <summary>Hashes memory as it is, without copying it, from where the hasher stands to <paramref name="data"/>'s end.</summary>
    /// <returns>The records of all pieces that ended, and the last state.</returns>
    public async Task<HashedStretch> HashAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        Task<HashedStretch> reading = ReadToEndAsync(cancellation);
        try
        {
            while (!data.IsEmpty)
            {
                await _room.WaitAsync(cancellation);
                int taken = (int)Math.Min(data.Length, Map.BlockEnd(_position, ContentBlock.MaxBytes) - _position);
                Post(new ContentBlock(_position, data[..taken]));
                data = data[taken..];
            }
        }
        finally
        {
            Complete();
            await Task.WhenAny(reading);
        }
        return await reading;
    }

    /// <summary>Hashes a stream from where the hasher stands to the stream's end, which is the content's at the latest.</summary>
    /// <returns>The records of all pieces that ended, and the last state.</returns>
    public async Task<HashedStretch> HashAsync(Stream data, CancellationToken cancellation = default)
    {
        Task<HashedStretch> reading = ReadToEndAsync(cancellation);
        try
        {
            while (_position < Map.LengthBytes)
            {
                ContentBlock block = await RentAsync(_position, cancellation);
                try
                {
                    block.Advance(await data.ReadAtLeastAsync(block.FreeSpace, block.FreeBytes, false, cancellation));
                }
                catch
                {
                    Return(block);
                    throw;
                }
                if (block.Length == 0)
                {
                    Return(block);
                    break;
                }
                Post(block);
            }
        }
        finally
        {
            Complete();
            await Task.WhenAny(reading);
        }
        return await reading;
    }

    private async Task DrainAsync()
    {
        await foreach (ContentBlock block in _posted.Reader.ReadAllAsync())
        {
            await block.Hashed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Return(block);
        }
    }

    private async Task<HashedStretch> ReadToEndAsync(CancellationToken cancellation)
    {
        var records = new ArrayBufferWriter<byte>();
        var blockStates = new ArrayBufferWriter<byte>();
        var last = new HashedStretch(_position, default, default);
        await foreach (HashedStretch stretch in ReadAllAsync(cancellation))
        {
            records.Write(stretch.PieceRecords.Span);
            blockStates.Write(stretch.BlockStates.Span);
            last = stretch;
        }
        return last with { PieceRecords = records.WrittenMemory, BlockStates = blockStates.WrittenMemory };
    }

    private void HashContent(IReadOnlyList<ContentBlock> blocks)
    {
        long started = _clock.GetTimestamp();
        foreach (ContentBlock block in blocks)
        {
            _content!.Append(block.Data.Span);
            block.ContentState = new byte[ResumableHash.StateBytes(ResumableHashKind.Sha256)];
            _content.Export(block.ContentState);
        }
        _hashed?.Invoke("sha256", _clock.GetElapsedTime(started));
    }

    private void HashPieces(V1PieceRun run, IReadOnlyList<ContentBlock> blocks)
    {
        long started = _clock.GetTimestamp();
        run.Hash(blocks);
        _hashed?.Invoke("sha1", _clock.GetElapsedTime(started));
    }

    private void HashLeaves(IReadOnlyList<ContentBlock> blocks)
    {
        long started = _clock.GetTimestamp();
        foreach (ContentBlock block in blocks)
            HashLeaves(block);
        _hashed?.Invoke("leaves", _clock.GetElapsedTime(started));
    }

    private void HashLeaves(ContentBlock block)
    {
        var leaves = new List<MerkleHash>(block.Length / MerkleTree.BlockLengthBytes + 1);
        // Whole leaves that lie one after another are hashed together.
        long wholeFrom = block.Start;
        long wholeTo = block.Start;
        for (long at = block.Start; at < block.End; )
        {
            PieceSpan leaf = PieceJoiner.LeafAt(Map, at);
            bool isHere = leaf.Start == at && leaf.End <= block.End;
            if (isHere && leaf.End - leaf.Start == MerkleTree.BlockLengthBytes)
                wholeTo = leaf.End;
            else
            {
                AddWhole();
                if (isHere)
                    leaves.Add(MerkleHash.OfBlock(block.Slice(leaf.Start, leaf.End)));
                wholeFrom = wholeTo = leaf.End;
            }
            at = leaf.End;
        }
        AddWhole();
        block.Leaves = [.. leaves];

        void AddWhole()
        {
            int count = (int)((wholeTo - wholeFrom) / MerkleTree.BlockLengthBytes);
            if (count == 0)
                return;
            int before = leaves.Count;
            CollectionsMarshal.SetCount(leaves, before + count);
            MerkleHash.OfBlocks(block.Slice(wholeFrom, wholeTo), CollectionsMarshal.AsSpan(leaves)[before..]);
        }
    }

    /// <summary>
    /// Room for the group of pieces that is gathered and for those that are hashed, of which with the whole content's hash one is enough: nothing
    /// gets far ahead of it.
    /// </summary>
    private static int MemoryBytes(PieceMap map, bool hashesContent, int workers)
    {
        if (!map.HasV1)
            return 2 * StreamMemoryBytes;
        long group = V1PieceGroups.BytesOfGroup(map.PieceLengthBytes);
        if (group == ContentBlock.MaxBytes)
            group = hashesContent ? 0 : Math.Max(group, map.PieceLengthBytes);
        long groups = hashesContent ? 2 : workers + 1L;
        return (int)Math.Clamp(group * groups + StreamMemoryBytes, 2 * StreamMemoryBytes, MaxMemoryBytes);
    }
}
