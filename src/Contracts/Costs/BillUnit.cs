namespace Distribution.Contracts.Costs;

/// <summary>What a line of a bill counts.</summary>
public enum BillUnit
{
    /// <summary>10^9 bytes.</summary>
    Gigabyte,

    /// <summary>2^30 bytes.</summary>
    Gibibyte,

    /// <summary>A calendar month; a part of one by its hours.</summary>
    Month,

    /// <summary>10^6 bits a second, through a month.</summary>
    MegabitPerSecond,
}
