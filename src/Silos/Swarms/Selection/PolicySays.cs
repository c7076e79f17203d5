namespace Distribution.Silos.Swarms.Selection;

/// <summary>What a policy has a say in: the methods of <see cref="SelectionPolicy"/> that it overrides.</summary>
[Flags]
internal enum PolicySays
{
    None = 0,
    TellsEdges = 1,
    Narrow = 2,
    KeepForAnybody = 4,
    LooksPerPlace = 8,
    Follow = 16,
    Propose = 32,
    Rate = 64,
}
