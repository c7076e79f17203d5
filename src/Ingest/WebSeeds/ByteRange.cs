namespace Distribution.Ingest.WebSeeds;

/// <summary>A stretch that a Range header asks for, already cut at the content's end.</summary>
/// <param name="Start">Of its first byte.</param>
/// <param name="Length">In bytes, at least 1.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>Of the byte after its last.</summary>
    public long End => Start + Length;
}
