namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// The households of an IPv4 /24 or an IPv6 /48, which one person can easily have all of. Where a limit leaves less than is wanted, they have the
/// shares of <see cref="MostShares"/> at the most.
/// </summary>
/// <remarks>Loops share it without a lock: what two of them take at the same instant may count once, which evens out.</remarks>
internal sealed class Neighbourhood(ulong key, ServiceClock clock)
{
    public const int MostShares = 4;

    private double _finish;

    public ulong Key { get; } = key;

    /// <summary>Guarded by <see cref="Admission.Households"/>.</summary>
    public int Households { get; set; }

    /// <summary>Who has the least is next (start-time fair queueing): what it got by its share, and never less than those who are served now.</summary>
    public double Standing => Math.Max(Volatile.Read(ref _finish), clock.Now);

    public void Take(long bytes)
    {
        double start = Standing;
        Volatile.Write(ref _finish, start + (double)bytes / Math.Clamp(Households, 1, MostShares));
        clock.Now = start;
    }

    /// <summary>Of a household's key (an address, or the first 64 bits of one).</summary>
    public static ulong KeyOf(ulong household) =>
        household <= uint.MaxValue ? household & ~0xFFUL : household & ~0xFFFFUL;
}
