namespace Distribution.Silos.Swarms.Selection;

/// <summary>How near two peers are to each other, as far as their addresses tell; the greater, the nearer.</summary>
internal enum Nearness : byte
{
    Other,

    /// <summary>By the geo database.</summary>
    Country,

    /// <summary>The same IPv4 /16 or IPv6 /32: often one provider.</summary>
    WidePrefix,

    /// <summary>The same autonomous system, in the same country where that is known; by the geo database.</summary>
    AutonomousSystem,

    /// <summary>The same IPv4 /24 or IPv6 /48.</summary>
    Prefix,

    /// <summary>The same IPv4 address or IPv6 /64.</summary>
    Household,
}
