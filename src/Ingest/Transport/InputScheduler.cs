using System.IO.Pipelines;

namespace Distribution.Ingest.Transport;

/// <summary>
/// Where an application goes on when input has come for it. A request is handled on the thread that received it, which saves a change of
/// threads; of a large upload the next bytes are received while the application works.
/// </summary>
internal sealed class InputScheduler : PipeScheduler
{
    /// <summary>The peer sends more than one receive takes, or the thread that received it is not for long work.</summary>
    public bool IsBulk { get; set; }

    public override void Schedule(Action<object?> action, object? state)
    {
        if (IsBulk)
            ThreadPool.Schedule(action, state);
        else
            action(state);
    }
}
