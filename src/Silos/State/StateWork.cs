namespace Distribution.Silos.State;

/// <summary>One queued change, and the task of whoever waits for it.</summary>
internal abstract class StateWork
{
    /// <summary>Runs inside a transaction; a second time where the first was rolled back with others.</summary>
    public abstract void Run(StateSession session);

    /// <summary>The transaction is on the disk.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception error);
}

internal sealed class StateWork<T>(Func<StateSession, T> change) : StateWork
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override void Run(StateSession session) => _result = change(session);

    public override void Succeed() => _done.TrySetResult(_result);

    public override void Fail(Exception error) => _done.TrySetException(error);
}
