namespace Distribution.Selection;

/// <summary>What a simulation came to.</summary>
/// <param name="NearTold">Share of told peers that are of the same network.</param>
/// <param name="NearLinks">Share of connections within a network, over all snapshots.</param>
/// <param name="NearBytes">Share of viewers' bytes from viewers of their own network.</param>
/// <param name="SeedBytes">Share of all bytes that the one seed sent.</param>
/// <param name="MedianSeconds">From joining to the whole file.</param>
/// <param name="Percentile95Seconds">Likewise.</param>
/// <param name="Connected">Share of those here who are in the largest connected part, in the worst snapshot.</param>
/// <param name="FewestTold">How often the least known viewer was told to others.</param>
/// <param name="Unfinished">Viewers who had not the whole file at the end.</param>
internal sealed record SimulationResult(
    double NearTold,
    double NearLinks,
    double NearBytes,
    double SeedBytes,
    double MedianSeconds,
    double Percentile95Seconds,
    double Connected,
    double FewestTold,
    double Unfinished
);
