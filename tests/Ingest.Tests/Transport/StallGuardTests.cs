using Distribution.Ingest.Transport;

namespace Distribution.Ingest.Tests.Transport;

/// <summary>Who takes next to nothing is cut off; who takes something, or waits for nothing, is not.</summary>
public sealed class StallGuardTests : IDisposable
{
    private readonly AcceptedBytes _accepted = new();
    private readonly HandClock _clock = new();
    private readonly StallGuard _guard;
    private bool _isWaiting = true;
    private int _stalls;

    public StallGuardTests() => _guard = new StallGuard(_accepted, _clock, () => _isWaiting, () => _stalls++);

    public void Dispose() => _guard.Dispose();

    [Fact]
    public void Peer_that_takes_next_to_nothing_is_told_of_after_one_period()
    {
        _guard.Waits();
        Assert.Equal(StallGuard.Period, _clock.DueTime);
        _accepted.Accept(StallGuard.LeastBytes - 1);
        _clock.Fire();
        Assert.Equal(1, _stalls);
    }

    [Fact]
    public void Peer_that_takes_enough_is_watched_for_another_period()
    {
        _guard.Waits();
        for (int i = 0; i < 3; i++)
        {
            _accepted.Accept(StallGuard.LeastBytes);
            _clock.Fire();
            Assert.Equal(StallGuard.Period, _clock.DueTime);
        }
        Assert.Equal(0, _stalls);
        _clock.Fire();
        Assert.Equal(1, _stalls);
    }

    [Fact]
    public void Connection_with_nothing_to_send_is_left_alone_until_it_waits_again()
    {
        _guard.Waits();
        _isWaiting = false;
        _clock.Fire();
        Assert.Null(_clock.DueTime);
        Assert.Equal(0, _stalls);
        _isWaiting = true;
        _guard.Waits();
        Assert.Equal(StallGuard.Period, _clock.DueTime);
        _clock.Fire();
        Assert.Equal(1, _stalls);
    }

    [Fact]
    public void Waiting_often_does_not_put_the_end_off()
    {
        _guard.Waits();
        int armed = _clock.Changes;
        _guard.Waits();
        _guard.Waits();
        Assert.Equal(armed, _clock.Changes);
    }

    /// <summary>One timer, which goes off by hand.</summary>
    private sealed class HandClock : TimeProvider, ITimer
    {
        private TimerCallback? _callback;
        private object? _state;

        /// <summary>Null: it is not set.</summary>
        public TimeSpan? DueTime { get; private set; }

        public int Changes { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            Change(dueTime, period);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
            Changes++;
            return true;
        }

        public void Fire()
        {
            DueTime = null;
            _callback!(_state);
        }

        public void Dispose() => DueTime = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
