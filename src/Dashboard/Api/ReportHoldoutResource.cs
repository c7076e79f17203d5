using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>Viewers that were told of peers beside a share of viewers that had our servers alone. Seconds are medians.</summary>
public sealed record ReportHoldoutResource(
    HoldoutGroup WithPeers,
    HoldoutGroup ServersOnly,
    bool IsEnough,
    string? Note
)
{
    public static ReportHoldoutResource? Of(HoldoutComparison? comparison) =>
        comparison is null
            ? null
            : new ReportHoldoutResource(
                comparison.WithPeers,
                comparison.ServersOnly,
                comparison.IsEnough,
                comparison.IsEnough
                    ? null
                    : $"A group has fewer than {HoldoutComparison.FewestViewers} viewers: what differs may be chance."
            );
}
