namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What a connection's age, silence and standstill lead to.</summary>
internal sealed class PeerTimes(SeedingLimits limits, TimeProvider clock)
{
    /// <summary>Who takes less in <see cref="SeedingLimits.StallTimeout"/> while more is offered only holds a place.</summary>
    private const long LeastAcceptedBytes = 16 * 1024;

    private readonly long _openedAt = clock.GetTimestamp();
    private long _receivedAt = clock.GetTimestamp();
    private long _offeringAt; // 0: nothing is offered
    private long _acceptedBefore;

    public TimeSpan SinceOpened => clock.GetElapsedTime(_openedAt);

    /// <summary>Any thread.</summary>
    public TimeSpan SinceReceived => clock.GetElapsedTime(Volatile.Read(ref _receivedAt));

    public void Received() => Volatile.Write(ref _receivedAt, clock.GetTimestamp());

    public bool IsSilent(long lastAcceptedAt) => clock.GetElapsedTime(lastAcceptedAt) > limits.KeepAliveInterval;

    /// <summary>Why the connection must end; None: it need not.</summary>
    /// <param name="isOffering">Something is to be sent, and nothing but the peer holds it up.</param>
    /// <param name="acceptedBytes">All that it has taken.</param>
    /// <param name="completedAt">When the peer had everything, as a timestamp; 0: not yet.</param>
    public CloseReason Check(bool isGreeted, bool isOffering, long acceptedBytes, long completedAt)
    {
        if (!isGreeted)
            return SinceOpened > limits.HandshakeTimeout ? CloseReason.HandshakeTimeout : CloseReason.None;
        if (SinceReceived > limits.IdleTimeout)
            return CloseReason.Idle;
        if (HasStalled(isOffering, acceptedBytes))
            return CloseReason.Stalled;
        return completedAt > 0 && clock.GetElapsedTime(completedAt) > limits.CompleteLinger
            ? CloseReason.PeerComplete
            : CloseReason.None;
    }

    private bool HasStalled(bool isOffering, long acceptedBytes)
    {
        if (!isOffering)
            _offeringAt = 0;
        else if (_offeringAt == 0 || acceptedBytes - _acceptedBefore >= LeastAcceptedBytes)
            (_offeringAt, _acceptedBefore) = (clock.GetTimestamp(), acceptedBytes);
        return _offeringAt != 0 && clock.GetElapsedTime(_offeringAt) > limits.StallTimeout;
    }
}
