namespace Distribution.Contracts.Networks;

/// <summary>From where an address can be reached.</summary>
public enum AddressScope
{
    Global,

    /// <summary>RFC 1918 and RFC 4193, and what was site-local before (RFC 3879).</summary>
    Private,

    /// <summary>Behind a carrier's NAT (RFC 6598).</summary>
    CarrierShared,
    LinkLocal,
    Loopback,

    /// <summary>No peer can have it: unspecified, multicast, broadcast.</summary>
    Unusable,
}
