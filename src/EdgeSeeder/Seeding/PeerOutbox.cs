using System.Buffers;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// Control messages that wait to be sent, in order, as whole frames; and which of them are metadata, so that they are counted apart.
/// Filled by any thread, emptied by the sender.
/// </summary>
internal sealed class PeerOutbox
{
    private readonly Lock _gate = new();
    private readonly Queue<(long StartAt, long EndAt)> _metadata = new();
    private ArrayBufferWriter<byte> _filling = new(256);
    private ArrayBufferWriter<byte> _sending = new(256);
    private long _filledBytes;
    private long _sentBytes;

    /// <summary>Not accepted by the socket yet.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_gate)
                return _filledBytes - _sentBytes;
        }
    }

    /// <param name="write">Writes whole frames.</param>
    public void Add(Action<IBufferWriter<byte>> write, bool metadata = false)
    {
        lock (_gate)
        {
            int before = _filling.WrittenCount;
            write(_filling);
            int bytes = _filling.WrittenCount - before;
            _filledBytes += bytes;
            if (metadata)
                _metadata.Enqueue((_filledBytes - bytes, _filledBytes));
        }
    }

    /// <summary>Everything that waits; valid until the next call. Empty: nothing does.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        lock (_gate)
        {
            if (_filling.WrittenCount == 0)
                return ReadOnlyMemory<byte>.Empty;
            (_filling, _sending) = (_sending, _filling);
            // A large answer's buffer is not kept for the life of the connection.
            if (_filling.Capacity > 4096)
                _filling = new ArrayBufferWriter<byte>(256);
            else
                _filling.ResetWrittenCount();
            return _sending.WrittenMemory;
        }
    }

    /// <summary>Says what the socket accepted of that.</summary>
    /// <returns>How much of it belongs to metadata messages; the rest is overhead.</returns>
    public int Sent(int bytes)
    {
        lock (_gate)
        {
            long from = _sentBytes;
            _sentBytes += bytes;
            long metadata = 0;
            while (_metadata.TryPeek(out (long StartAt, long EndAt) next) && next.StartAt < _sentBytes)
            {
                metadata += Math.Min(next.EndAt, _sentBytes) - Math.Max(next.StartAt, from);
                if (next.EndAt > _sentBytes)
                    break;
                _metadata.Dequeue();
            }
            return (int)metadata;
        }
    }
}
