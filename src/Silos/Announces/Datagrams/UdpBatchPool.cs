using System.Collections.Concurrent;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>Bounds what is at work at once: where all batches are out, announces are dropped, as a full socket would. Any thread.</summary>
internal sealed class UdpBatchPool
{
    /// <summary>About 100 kB each.</summary>
    private const int Most = 128;

    private readonly ConcurrentStack<UdpBatch> _free = new();
    private int _made;

    /// <summary>Empty; null: all are out.</summary>
    public UdpBatch? TryTake()
    {
        if (!_free.TryPop(out UdpBatch? batch))
        {
            if (Interlocked.Increment(ref _made) > Most)
            {
                Interlocked.Decrement(ref _made);
                return null;
            }
            batch = new UdpBatch();
        }
        batch.Clear();
        return batch;
    }

    public void Return(UdpBatch batch) => _free.Push(batch);

    /// <summary>Somebody may still write to one that was out: it is not used again, another may be made.</summary>
    public void LetGo() => Interlocked.Decrement(ref _made);
}
