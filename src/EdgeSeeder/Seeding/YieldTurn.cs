using System.Runtime.CompilerServices;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Awaited to stand back behind everything that waits for a thread; unlike Task.Yield never in a thread's own queue, which is last in, first out.</summary>
internal sealed class YieldTurn : INotifyCompletion
{
    public static readonly YieldTurn Instance = new();

    public bool IsCompleted => false;

    public YieldTurn GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static action => action(), continuation, preferLocal: false);
}
