using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distribution.BitTorrent.Merkle;

namespace Distribution.Ingest.Pieces;

/// <summary>A stretch of a content on its way through the hashers, with what they have found in it.</summary>
public sealed class ContentBlock
{
    /// <summary>Large enough that a hop from thread to thread costs nothing beside the hashing, small enough for the L2 cache.</summary>
    public const int MaxBytes = 512 << 10;

    private readonly TaskCompletionSource _hashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _limit;
    private readonly ReadOnlyMemory<byte> _data;
    private Memory<byte> _buffer;
    private int _isFree;
    private int _jobs;

    internal ContentBlock(long start, long limit)
    {
        Start = start;
        _limit = limit;
        _buffer = BlockMemory.Rent();
    }

    /// <summary>A block around memory that is the caller's.</summary>
    internal ContentBlock(long start, ReadOnlyMemory<byte> data)
    {
        Start = start;
        _limit = start + data.Length;
        _data = data;
        _isFree = 1;
        Length = data.Length;
    }

    /// <summary>Where it lies in the stream.</summary>
    public long Start { get; }

    public int Length { get; private set; }

    public long End => Start + Length;

    public int FreeBytes => (int)(_limit - End);

    public bool IsFull => FreeBytes == 0;

    public ReadOnlyMemory<byte> Data => _buffer.IsEmpty ? _data : _buffer[..Length];

    /// <summary>Where the next bytes go; tell with <see cref="Advance"/> how many came.</summary>
    public Memory<byte> FreeSpace => _buffer.Slice(Length, FreeBytes);

    /// <summary>The v1 hashes of the pieces that end in it.</summary>
    internal ArrayBufferWriter<byte>? V1Pieces { get; set; }

    /// <summary>The block states that stand in it (<see cref="BitTorrent.Pieces.BlockStateMap"/>); without v1 none.</summary>
    internal byte[] BlockStates { get; set; } = [];

    /// <summary>The leaves that lie in it as a whole.</summary>
    internal MerkleHash[] Leaves { get; set; } = [];

    /// <summary>Where the piece's SHA-1 stands at the block's end; empty where a piece ends there.</summary>
    internal byte[] PieceState { get; set; } = [];

    /// <summary>Where the whole content's SHA-256 stands at the block's end; empty where it is not wanted.</summary>
    internal byte[] ContentState { get; set; } = [];

    /// <summary>Ends when every job that was begun is done.</summary>
    internal Task Hashed => _hashed.Task;

    /// <summary>Takes bytes in: no more than are free.</summary>
    public void Append(in ReadOnlySequence<byte> data)
    {
        data.CopyTo(_buffer.Span[Length..]);
        Length += (int)data.Length;
    }

    public void Advance(int bytes) => Length += bytes;

    /// <summary>True where these bytes lie where the next ones belong, so that <see cref="Advance"/> takes them in.</summary>
    internal bool Holds(in ReadOnlySequence<byte> data) =>
        data.IsSingleSegment
        && !data.IsEmpty
        && data.Length <= FreeBytes
        && Unsafe.AreSame(
            ref MemoryMarshal.GetReference(data.FirstSpan),
            ref MemoryMarshal.GetReference(FreeSpace.Span)
        );

    /// <summary>A stretch of its bytes by their place in the stream.</summary>
    internal ReadOnlySpan<byte> Slice(long start, long end) => Data.Span[(int)(start - Start)..(int)(end - Start)];

    internal void Begin(int jobs) => _jobs = jobs;

    internal void EndJob()
    {
        if (Interlocked.Decrement(ref _jobs) == 0)
            _hashed.TrySetResult();
    }

    internal void Fail(Exception reason) => _hashed.TrySetException(reason);

    internal void Free()
    {
        if (Interlocked.Exchange(ref _isFree, 1) != 0)
            return;
        BlockMemory.Return(_buffer);
        _buffer = default;
    }
}
