using Distribution.Ingest.Contents;

namespace Distribution.Ingest.WebSeeds;

/// <summary>The content of a padding file (BEP 47).</summary>
internal sealed class ZeroContent(long lengthBytes) : IContentReader
{
    public long LengthBytes => lengthBytes;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        int count = (int)Math.Min(buffer.Length, lengthBytes - offset);
        buffer.Span[..count].Clear();
        return ValueTask.FromResult(count);
    }

    public void Dispose() { }
}
