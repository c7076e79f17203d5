namespace Distribution.Contracts.Reports;

/// <summary>Viewers that were told of peers beside those that had our servers alone.</summary>
[GenerateSerializer, Immutable]
public sealed record HoldoutComparison(HoldoutGroup WithPeers, HoldoutGroup ServersOnly)
{
    /// <summary>More would be no sample, but another way to deliver.</summary>
    public const int MostPercent = 50;

    /// <summary>With fewer in a group differences are mostly chance.</summary>
    public const int FewestViewers = 30;

    public bool IsEnough => WithPeers.Viewers >= FewestViewers && ServersOnly.Viewers >= FewestViewers;
}
