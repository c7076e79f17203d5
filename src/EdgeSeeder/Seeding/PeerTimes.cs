namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What a connection's age, silence and standstill lead to.</summary>
internal sealed class PeerTimes(SeedingLimits limits, TimeProvider clock)
{
    /// <summary>Who takes less in <see cref="SeedingLimits.StallTimeout"/> while more is offered only holds a place.</summary>
    private const long LeastAcceptedBytes = 16 * 1024;

    private readonly long _openedAt = clock.GetTimestamp();
    private long _receivedAt = clock.GetTimestamp();
    private long _stuckAt; // 0: not stuck
    private long _acceptedWhenStuck;

    public TimeSpan SinceOpened => clock.GetElapsedTime(_openedAt);

    /// <summary>Any thread.</summary>
    public TimeSpan SinceReceived => clock.GetElapsedTime(Volatile.Read(ref _receivedAt));

    public void Received() => Volatile.Write(ref _receivedAt, clock.GetTimestamp());

    public bool IsSilent(long lastAcceptedAt) => clock.GetElapsedTime(lastAcceptedAt) > limits.KeepAliveInterval;

    /// <summary>Why the connection must end; None: it need not.</summary>
    /// <param name="isStuck">Something is to be sent, and the peer takes no more for now.</param>
    /// <param name="acceptedBytes">All that it has taken.</param>
    /// <param name="completedAt">When the peer had everything, as a timestamp; 0: not yet.</param>
    public CloseReason Check(bool isGreeted, bool isStuck, long acceptedBytes, long completedAt)
    {
        if (!isGreeted)
            return SinceOpened > limits.HandshakeTimeout ? CloseReason.HandshakeTimeout : CloseReason.None;
        if (SinceReceived > limits.IdleTimeout)
            return CloseReason.Idle;
        if (HasStalled(isStuck, acceptedBytes))
            return CloseReason.Stalled;
        return completedAt > 0 && clock.GetElapsedTime(completedAt) > limits.CompleteLinger
            ? CloseReason.PeerComplete
            : CloseReason.None;
    }

    private bool HasStalled(bool isStuck, long acceptedBytes)
    {
        if (!isStuck)
            _stuckAt = 0;
        else if (_stuckAt == 0 || acceptedBytes - _acceptedWhenStuck >= LeastAcceptedBytes)
            (_stuckAt, _acceptedWhenStuck) = (clock.GetTimestamp(), acceptedBytes);
        return _stuckAt != 0 && clock.GetElapsedTime(_stuckAt) > limits.StallTimeout;
    }
}
