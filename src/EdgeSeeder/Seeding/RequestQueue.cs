using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>A peer's unanswered requests, oldest first, bounded. Not thread-safe.</summary>
/// <param name="capacity">More are not taken.</param>
internal sealed class RequestQueue(int capacity)
{
    private BlockRequest[] _ring = [];
    private int _first;

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    public BlockRequest this[int index] => _ring[At(index)];

    public bool TryEnqueue(BlockRequest request)
    {
        if (Count == capacity)
            return false;
        if (Count == _ring.Length)
            Grow();
        Count++;
        _ring[At(Count - 1)] = request;
        return true;
    }

    public void Dequeue()
    {
        _first = At(1);
        Count--;
    }

    /// <summary>Takes out the oldest equal request at or behind <paramref name="from"/>. False: there is none.</summary>
    public bool TryRemove(BlockRequest request, int from)
    {
        for (int index = from; index < Count; index++)
        {
            if (this[index] != request)
                continue;
            for (; index < Count - 1; index++)
                _ring[At(index)] = _ring[At(index + 1)];
            Count--;
            return true;
        }
        return false;
    }

    /// <summary>Drops everything behind the first <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <summary>Lets the memory go, if nothing is queued.</summary>
    public void Trim()
    {
        if (Count == 0)
            (_ring, _first) = ([], 0);
    }

    private int At(int index)
    {
        int at = _first + index;
        return at >= _ring.Length ? at - _ring.Length : at;
    }

    private void Grow()
    {
        var larger = new BlockRequest[Math.Min(capacity, Math.Max(32, _ring.Length * 2))];
        for (int index = 0; index < Count; index++)
            larger[index] = this[index];
        _ring = larger;
        _first = 0;
    }
}
