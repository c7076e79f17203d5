namespace Distribution.Selection;

/// <summary>The simulated time.</summary>
internal sealed class SimulationClock : TimeProvider
{
    private readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public int Seconds { get; set; }

    public override DateTimeOffset GetUtcNow() => _start.AddSeconds(Seconds);
}
