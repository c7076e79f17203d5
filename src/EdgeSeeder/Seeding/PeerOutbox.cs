using System.Buffers;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// Control messages that wait to be sent, in order, as whole frames; and which of them are metadata, so that they are counted apart. Holds
/// no memory while nothing waits. Not thread-safe.
/// </summary>
internal sealed class PeerOutbox : IBufferWriter<byte>
{
    private const int LeastBytes = 256;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private Queue<(long StartAt, long EndAt)>? _metadata;
    private long _sentBytes;

    /// <summary>Not accepted by the socket yet.</summary>
    public int PendingBytes => _end - _start;

    /// <summary>Everything that waits; valid until the next change.</summary>
    public ReadOnlySpan<byte> Pending => _buffer.AsSpan(_start, _end - _start);

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_end);
    }

    /// <summary>Says that the last bytes are a metadata message.</summary>
    public void MarkMetadata(int bytes)
    {
        long end = _sentBytes + PendingBytes;
        (_metadata ??= new()).Enqueue((end - bytes, end));
    }

    /// <summary>Says what the socket accepted.</summary>
    /// <returns>How much of it belongs to metadata messages; the rest is overhead.</returns>
    public int Sent(int bytes)
    {
        long from = _sentBytes;
        _sentBytes += bytes;
        _start += bytes;
        long metadata = 0;
        while (
            _metadata is not null && _metadata.TryPeek(out (long StartAt, long EndAt) next) && next.StartAt < _sentBytes
        )
        {
            metadata += Math.Min(next.EndAt, _sentBytes) - Math.Max(next.StartAt, from);
            if (next.EndAt > _sentBytes)
                break;
            _metadata.Dequeue();
        }
        if (_start == _end)
            Clear();
        return (int)metadata;
    }

    /// <summary>Drops what waits.</summary>
    public void Clear()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = ([], 0, 0);
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastBytes, 2 * PendingBytes + bytes));
        Pending.CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _end, _start) = (larger, PendingBytes, 0);
    }
}
