namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// How an upload is cut into blocks: the smallest multiple of 4 MiB that makes at most 50,000 (Azure's limit), so up to 209 GB in blocks of
/// 4 MiB, and 1 TB in blocks of 20 MiB. Every block but the last is of that size.
/// </summary>
internal readonly record struct BlockPlan
{
    private const int UnitBytes = 4 << 20;
    private const int MaxBlockBytes = 20 << 20;
    private const int BufferedBytes = 24 << 20;

    /// <summary>Of one blob.</summary>
    public const int MaxBlocks = 50_000;

    /// <summary>The largest file: larger ones would need blocks that one stream may not hold in memory.</summary>
    public const long MaxFileBytes = (long)MaxBlocks * MaxBlockBytes;

    public BlockPlan(long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeBytes, MaxFileBytes);
        SizeBytes = sizeBytes;
        long least = (sizeBytes + MaxBlocks - 1) / MaxBlocks;
        BlockBytes = (int)Math.Max(1, (least + UnitBytes - 1) / UnitBytes) * UnitBytes;
    }

    public long SizeBytes { get; }

    public int BlockBytes { get; }

    public int BlockCount => (int)((SizeBytes + BlockBytes - 1) / BlockBytes);

    /// <summary>
    /// How many blocks are held at a time, the one that fills among them: 24 MiB, or two blocks where these are larger (at most 40 MiB).
    /// </summary>
    public int Buffers => Math.Max(2, BufferedBytes / BlockBytes);

    public int IndexOf(long offset) => (int)(offset / BlockBytes);

    public long StartOf(int index) => (long)index * BlockBytes;

    public int LengthOf(int index) => (int)Math.Min(BlockBytes, SizeBytes - StartOf(index));
}
