namespace Distribution.Ingest.Contents.Azure;

/// <summary>Several stretches of memory one after another as a stream to read, so that they need not be copied together.</summary>
internal sealed class MemoryListStream(params ReadOnlyMemory<byte>[] parts) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; } = parts.Sum(part => (long)part.Length);

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        long start = 0;
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            long inside = _position - start;
            if (inside >= 0 && inside < part.Length && read < buffer.Length)
            {
                ReadOnlySpan<byte> data = part.Span[(int)inside..];
                data = data[..Math.Min(data.Length, buffer.Length - read)];
                data.CopyTo(buffer[read..]);
                read += data.Length;
                _position += data.Length;
            }
            start += part.Length;
        }
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
