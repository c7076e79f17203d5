namespace Distribution.Ingest.Imports;

/// <summary>Several sources' bytes one after another, each opened when its turn comes.</summary>
/// <param name="sizesBytes">Of all sources in order.</param>
/// <param name="offset">Where to begin, in all of them together.</param>
/// <param name="open">Opens one by its index, at an offset in it.</param>
internal sealed class SequenceStream(IReadOnlyList<long> sizesBytes, long offset, Func<int, long, Task<Stream>> open)
    : ReadOnlyStream
{
    private int _index;
    private long _offset = offset;
    private Stream? _current;

    /// <exception cref="IOException">A source ends before its size.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_index < sizesBytes.Count)
        {
            long left = sizesBytes[_index] - _offset;
            if (left <= 0)
            {
                _offset -= sizesBytes[_index];
                _index++;
                await CloseAsync();
                continue;
            }
            _current ??= await open(_index, _offset);
            int read = await _current.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken);
            if (read == 0)
                throw new IOException($"Source {_index} ends {left} bytes early.");
            _offset += read;
            return read;
        }
        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    private async ValueTask CloseAsync()
    {
        if (_current is not null)
            await _current.DisposeAsync();
        _current = null;
    }
}
