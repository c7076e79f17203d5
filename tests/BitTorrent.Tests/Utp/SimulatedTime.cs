namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>A network in a virtual time of microseconds: events happen in order, and nothing waits.</summary>
internal sealed class SimulatedTime
{
    private readonly PriorityQueue<Action, (long, long)> _events = new();
    private long _count;

    public long Now { get; private set; } = 5_000_000;

    public void At(long time, Action what) => _events.Enqueue(what, (Math.Max(time, Now), _count++));

    /// <summary>Runs until there is nothing more to do, the time has come, or the condition holds.</summary>
    public void Run(long until, Func<bool>? done = null)
    {
        while (done?.Invoke() != true && _events.TryPeek(out _, out (long Time, long) next) && next.Time <= until)
        {
            Now = next.Time;
            _events.Dequeue()();
        }
    }
}
