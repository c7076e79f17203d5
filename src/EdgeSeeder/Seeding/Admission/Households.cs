using System.Net;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>Who is connected from where, and how often. Any thread may call.</summary>
internal sealed class Households(int mostOfOne)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Household> _households = [];

    /// <summary>Takes a connection in. Null: its address has enough.</summary>
    public Household? Enter(IPAddress address)
    {
        ulong key = Household.KeyOf(address);
        lock (_gate)
        {
            if (!_households.TryGetValue(key, out Household? household))
                _households[key] = household = new Household(key);
            if (household.Connections >= mostOfOne)
                return null;
            household.Connections++;
            return household;
        }
    }

    public void Leave(Household household)
    {
        lock (_gate)
        {
            if (--household.Connections == 0)
                _households.Remove(household.Key);
        }
    }
}
