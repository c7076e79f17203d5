using System.Collections.Concurrent;

namespace Distribution.Ingest.Pieces;

/// <summary>Hashes blocks one after another, whichever worker comes by: for a hash that needs its bytes in order.</summary>
internal sealed class HashLane(HashWorkers workers, Action<ContentBlock> hash)
{
    private readonly ConcurrentQueue<ContentBlock> _blocks = new();
    private int _waiting;

    public void Post(ContentBlock block)
    {
        _blocks.Enqueue(block);
        if (Interlocked.Increment(ref _waiting) == 1)
            workers.Post(this);
    }

    /// <summary>One block, then the lane goes to the end of the queue: so that uploads share the workers block by block.</summary>
    public void RunOnce()
    {
        if (!_blocks.TryDequeue(out ContentBlock? block))
            return;
        try
        {
            hash(block);
        }
        catch (Exception e)
        {
            // Whoever waits for the block hears of it; a worker serves other uploads too.
            block.Fail(e);
        }
        if (Interlocked.Decrement(ref _waiting) > 0)
            workers.Post(this);
        block.EndJob();
    }
}
