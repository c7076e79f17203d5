namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>What those who are served now have had by their shares: whoever was away begins there, and makes up for nothing.</summary>
internal sealed class ServiceClock
{
    private double _now;

    /// <summary>Never goes back.</summary>
    public double Now
    {
        get => Volatile.Read(ref _now);
        set => Volatile.Write(ref _now, Math.Max(Volatile.Read(ref _now), value));
    }
}
