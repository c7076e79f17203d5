using Azure;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// Reads a blob by ranges. Who reads on where the last read ended is served from an answer that is still coming in; the stretches asked
/// for grow from 256 KiB to 4 MiB, so that a long read costs few requests and a short one little that nobody wants. It holds no bytes of its
/// own: what is ahead waits in the connection.
/// </summary>
internal sealed class AzureContentReader(
    AzureContainer container,
    OpenReaders readers,
    string blob,
    ETag tag,
    long lengthBytes
) : IContentReader
{
    private const int FirstStretchBytes = 256 << 10;
    private const int LongestStretchBytes = 4 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Stream? _stream;
    private long _position;
    private long _streamEnd;
    private int _stretch = FirstStretchBytes;
    private int _disposed;

    public long LengthBytes => lengthBytes;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        buffer = buffer[..(int)Math.Min(buffer.Length, Math.Max(0, lengthBytes - offset))];
        if (buffer.IsEmpty)
            return 0;
        if (!await _turn.WaitAsync(0, cancellation))
            return await ReadAloneAsync(offset, buffer, cancellation);
        try
        {
            return await ReadOnAsync(offset, buffer, cancellation);
        }
        catch
        {
            await CloseStreamAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _stream?.Dispose();
        _turn.Dispose();
        readers.Leave(blob);
    }

    private async Task<int> ReadOnAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (_stream is null || offset != _position || _position == _streamEnd)
        {
            bool goesOn = _stream is not null && offset == _position;
            await CloseStreamAsync();
            _stretch = goesOn ? Math.Min(_stretch * 2, LongestStretchBytes) : FirstStretchBytes;
            long length = Math.Min(Math.Max(_stretch, buffer.Length), lengthBytes - offset);
            _stream = await OpenAsync(offset, length, cancellation);
            _position = offset;
            _streamEnd = offset + length;
        }
        int wanted = (int)Math.Min(buffer.Length, _streamEnd - _position);
        int read = await FillAsync(_stream, buffer[..wanted], cancellation);
        _position += read;
        return read;
    }

    /// <summary>Another thread reads here just now: a request of its own for this one.</summary>
    private async Task<int> ReadAloneAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        await using Stream stream = await OpenAsync(offset, buffer.Length, cancellation);
        return await FillAsync(stream, buffer, cancellation);
    }

    private async Task<Stream> OpenAsync(long offset, long length, CancellationToken cancellation) =>
        await container.DownloadAsync(blob, offset, length, tag, cancellation)
        ?? throw new IOException($"{blob} is gone or has changed.");

    private async Task<int> FillAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            int read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return read == buffer.Length ? read : throw new IOException($"{blob} ended early.");
        }
        catch (Exception e) when (AzureFault.IsOne(e, cancellation))
        {
            throw AzureFault.Of(e, $"reading {blob}");
        }
    }

    private async ValueTask CloseStreamAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        _stream = null;
    }
}
