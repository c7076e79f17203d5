namespace Distribution.Contracts.Costs;

/// <summary>What a line of a bill is for.</summary>
public enum BillItem
{
    /// <summary>Bytes at a tier's price.</summary>
    Traffic,

    /// <summary>A flat plan's fee.</summary>
    Fee,

    /// <summary>What was committed to, used or not.</summary>
    Commitment,

    /// <summary>Bytes beyond a quota or a commitment.</summary>
    Overage,

    /// <summary>Bytes beyond a quota for which nothing is due: the CDN slows down or asks for another plan.</summary>
    BeyondQuota,

    /// <summary>The 95th percentile of the hours' mean rates.</summary>
    PeakRate,

    /// <summary>Negative: what the month had cost before the range began.</summary>
    Earlier,

    /// <summary>What edges read from the origin.</summary>
    Fill,

    /// <summary>What edges sent to viewers.</summary>
    Edge,

    /// <summary>What edges sent beside payload: metadata, hashes and the protocol's own bytes.</summary>
    EdgeOverhead,

    /// <summary>The edges' machines.</summary>
    EdgeNodes,

    /// <summary>The platform, by time.</summary>
    Platform,

    /// <summary>The platform, by what viewers got.</summary>
    PlatformTraffic,
}
