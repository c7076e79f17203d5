using System.Buffers;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>A block on its way: it fills, then it is staged. Its memory is pooled, and goes back when its last holder lets go.</summary>
internal sealed class BlockBuffer(int index, int lengthBytes)
{
    private readonly byte[] _memory = ArrayPool<byte>.Shared.Rent(lengthBytes);
    private int _holders = 1;

    public int Index { get; } = index;

    public int Filled { get; private set; }

    public bool IsFull => Filled == lengthBytes;

    /// <summary>Takes what fits.</summary>
    /// <returns>How much that was, in bytes.</returns>
    public int Append(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, lengthBytes - Filled);
        data[..taken].CopyTo(_memory.AsSpan(Filled));
        Filled += taken;
        return taken;
    }

    public ReadOnlyMemory<byte> First(int bytes) => _memory.AsMemory(0, bytes);

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            ArrayPool<byte>.Shared.Return(_memory);
    }
}
