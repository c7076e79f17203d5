namespace Distribution.Ingest.Tests.Hosting;

/// <summary>Lets a test wait until something it can check has become true, without polling.</summary>
internal sealed class Signal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Raise()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task<T> WaitAsync<T>(Func<T?> look)
        where T : class
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (look() is { } found)
                return found;
            await changed.WaitAsync(limit.Token);
        }
    }
}
