namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>What a path does to packets besides its rate and length.</summary>
internal sealed record PathFaults
{
    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>Of packets that come up to 30 ms later than their order wants.</summary>
    public double Reordering { get; init; }
}
