using System.Collections.Concurrent;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// The threads that hash, one a core, for all uploads of the process. They are not the thread pool's: a hash keeps a thread busy for a
/// good while, and requests and announces that wait for one would stand in line behind it. The kernel shares the cores between both fairly.
/// </summary>
public sealed class HashWorkers : IDisposable
{
    private readonly int _count;
    private readonly ConcurrentQueue<HashLane> _lanes = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Lock _gate = new();
    private Thread[] _threads = [];
    private volatile bool _stopping;

    public HashWorkers()
        : this(Environment.ProcessorCount) { }

    /// <param name="count">Threads; at least 1. They start with the first work.</param>
    public HashWorkers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = count;
    }

    public int Count => _count;

    internal void Post(HashLane lane)
    {
        if (_threads.Length == 0)
            Start();
        _lanes.Enqueue(lane);
        _ready.Release();
    }

    /// <summary>Ends the threads. Hashing that is under way is not finished.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            if (_threads.Length > 0)
                _ready.Release(_threads.Length);
        }
        foreach (Thread thread in _threads)
            thread.Join();
        _ready.Dispose();
    }

    private void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_threads.Length > 0)
                return;
            Thread[] threads =
            [
                .. Enumerable
                    .Range(0, _count)
                    .Select(i => new Thread(Work) { IsBackground = true, Name = $"hash worker {i}" }),
            ];
            foreach (Thread thread in threads)
                thread.Start();
            _threads = threads;
        }
    }

    private void Work()
    {
        while (true)
        {
            _ready.Wait();
            if (_stopping)
                return;
            if (_lanes.TryDequeue(out HashLane? lane))
                lane.RunOnce();
        }
    }
}
