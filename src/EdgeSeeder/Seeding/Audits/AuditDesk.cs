using Distribution.EdgeSeeder.Seeding.Rates;

namespace Distribution.EdgeSeeder.Seeding.Audits;

/// <summary>The audits of a node: what they may cost together, and what they have. Any thread may call.</summary>
internal sealed class AuditDesk
{
    private readonly EdgeTelemetry _telemetry;
    private readonly TokenBucket _budget;
    private readonly TimeProvider _clock;
    private long _bytes;

    public AuditDesk(SeedingLimits limits, EdgeTelemetry telemetry, TimeProvider clock)
    {
        _telemetry = telemetry;
        _clock = clock;
        _budget = new TokenBucket(clock) { BytesPerSecond = limits.AuditBytesPerSecond };
        IsOpen = limits.AuditBytesPerSecond > 0;
    }

    /// <summary>False: nobody is audited.</summary>
    public bool IsOpen { get; }

    /// <summary>Payload that peers sent for audits, asked for or not any more.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes the price of a block from the budget. False: it has none for now.</summary>
    public bool TryTake(int bytes)
    {
        if (!IsOpen || _budget.FreeAt > _clock.GetTimestamp())
            return false;
        _budget.Take(bytes);
        return true;
    }

    public void Received(int bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        _telemetry.AuditReceived(bytes);
    }

    public void Ended(AuditOutcome outcome) => _telemetry.Audited(outcome);
}
