namespace Distribution.Ingest.Contents.Azure;

/// <summary>A block on its way: it fills, then it is staged. Its memory goes back when its last holder lets go.</summary>
/// <param name="memory">Of at least <paramref name="lengthBytes"/>.</param>
/// <param name="giveBack">Takes the memory again.</param>
internal sealed class BlockBuffer(int index, int lengthBytes, byte[] memory, Action<byte[]> giveBack)
{
    private int _holders = 1;

    public int Index { get; } = index;

    public int Filled { get; private set; }

    public bool IsFull => Filled == lengthBytes;

    /// <summary>Takes what fits.</summary>
    /// <returns>How much that was, in bytes.</returns>
    public int Append(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, lengthBytes - Filled);
        data[..taken].CopyTo(memory.AsSpan(Filled));
        Filled += taken;
        return taken;
    }

    public ReadOnlyMemory<byte> First(int bytes) => memory.AsMemory(0, bytes);

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            giveBack(memory);
    }
}
