using System.Buffers;

namespace Distribution.Ingest.Pieces;

/// <summary>A pooled stretch of an upload on its way through the slicer.</summary>
internal sealed class ContentBlock(long start) : IDisposable
{
    /// <summary>Large enough that a hop from stage to stage costs nothing beside the hashing, small enough for the L2 cache.</summary>
    public const int Bytes = 512 << 10;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Bytes);
    private int _holders = 1;

    public long Start { get; } = start;

    public int Length { get; private set; }

    public long End => Start + Length;

    public bool IsFull => Length == Bytes;

    public int Free => Bytes - Length;

    public ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, Length);

    public void Append(in ReadOnlySequence<byte> data)
    {
        data.CopyTo(_buffer.AsSpan(Length));
        Length += (int)data.Length;
    }

    /// <summary>One more stage has to let it go.</summary>
    public void Share() => Interlocked.Increment(ref _holders);

    /// <summary>True for the last holder: the memory went back.</summary>
    public bool Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
            return false;
        ArrayPool<byte>.Shared.Return(_buffer);
        return true;
    }

    public void Dispose() => Release();
}
