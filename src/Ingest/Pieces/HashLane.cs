using System.Collections.Concurrent;

namespace Distribution.Ingest.Pieces;

/// <summary>Hashes blocks one after another, whichever worker comes by: for a hash that needs its bytes in order.</summary>
internal sealed class HashLane(HashWorkers workers, Action<IReadOnlyList<ContentBlock>> hash)
{
    private readonly ConcurrentQueue<IReadOnlyList<ContentBlock>> _jobs = new();
    private int _waiting;

    /// <param name="blocks">To be hashed in one go.</param>
    public void Post(params IReadOnlyList<ContentBlock> blocks)
    {
        _jobs.Enqueue(blocks);
        if (Interlocked.Increment(ref _waiting) == 1)
            workers.Post(this);
    }

    /// <summary>One job, then the lane goes to the end of the queue: so that uploads share the workers job by job.</summary>
    public void RunOnce()
    {
        if (!_jobs.TryDequeue(out IReadOnlyList<ContentBlock>? blocks))
            return;
        try
        {
            hash(blocks);
        }
        catch (Exception e)
        {
            // Whoever waits for the blocks hears of it; a worker serves other uploads too.
            foreach (ContentBlock block in blocks)
                block.Fail(e);
        }
        if (Interlocked.Decrement(ref _waiting) > 0)
            workers.Post(this);
        foreach (ContentBlock block in blocks)
            block.EndJob();
    }
}
