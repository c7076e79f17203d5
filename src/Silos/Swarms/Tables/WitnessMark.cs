namespace Distribution.Silos.Swarms.Tables;

/// <summary>What edges saw of a viewer.</summary>
/// <param name="IsSeen">False: no edge has seen it.</param>
/// <param name="FirstBytes">The least that any edge saw it hold.</param>
/// <param name="MostBytes">The most that it was seen to have gained, or to hold.</param>
internal readonly record struct WitnessMark(bool IsSeen, long FirstBytes, long MostBytes);
