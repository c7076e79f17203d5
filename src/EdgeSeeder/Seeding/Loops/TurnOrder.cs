namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>
/// Who comes first of those whom a limit holds up, the first rule counting most: viewers before strangers that have had their share; the
/// neighbourhood that has had least; the household, and then the connection, that got nothing for longest.
/// </summary>
internal readonly record struct TurnOrder(
    bool IsBehind,
    double OfNeighbourhood,
    long HouseholdServedAt,
    long OwnServedAt
) : IComparable<TurnOrder>
{
    public int CompareTo(TurnOrder other)
    {
        int order = IsBehind.CompareTo(other.IsBehind);
        if (order == 0)
            order = OfNeighbourhood.CompareTo(other.OfNeighbourhood);
        if (order == 0)
            order = HouseholdServedAt.CompareTo(other.HouseholdServedAt);
        return order != 0 ? order : OwnServedAt.CompareTo(other.OwnServedAt);
    }
}
