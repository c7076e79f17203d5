namespace Distribution.Silos.Swarms.Tables;

/// <summary>Positions that follow each other.</summary>
internal readonly record struct PeerRun(int Start, int Count);
