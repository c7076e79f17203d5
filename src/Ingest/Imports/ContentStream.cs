using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>A stored file's bytes from an offset on, as a stream that owns its reader.</summary>
internal sealed class ContentStream(IContentReader reader, long offset) : ReadOnlyStream
{
    private long _offset = offset;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await reader.ReadAsync(_offset, buffer, cancellationToken);
        _offset += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reader.Dispose();
        base.Dispose(disposing);
    }
}
