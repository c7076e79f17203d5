using System.Net;
using System.Net.Sockets;

namespace Distribution.Silos.Swarms;

/// <summary>Decides who may be told of which address: a private one means something else, or a target, on another network.</summary>
public static class AddressScopes
{
    public static AddressScope ScopeOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return ScopeOfIPv4(bytes);
        if (address.IsIPv4MappedToIPv6)
            return ScopeOfIPv4(bytes[12..]);
        if (IPAddress.IPv6Loopback.Equals(address))
            return AddressScope.Loopback;
        if (IPAddress.IPv6Any.Equals(address) || bytes[0] == 0xff)
            return AddressScope.Unusable;
        if (address.IsIPv6LinkLocal)
            return AddressScope.LinkLocal;
        return (bytes[0] & 0xfe) == 0xfc ? AddressScope.Private : AddressScope.Global;
    }

    /// <summary>May a peer in <paramref name="receiver"/> be told of an address in <paramref name="subject"/>?</summary>
    public static bool MayTell(AddressScope subject, AddressScope receiver) =>
        subject == AddressScope.Global || (subject == receiver && subject != AddressScope.Unusable);

    /// <summary>Can an edge that is reached at <paramref name="edge"/> connect to <paramref name="viewer"/>?</summary>
    public static bool CanDial(AddressScope edge, AddressScope viewer) =>
        // An edge on loopback runs on this machine, which reached the viewer already.
        viewer == AddressScope.Global
        || viewer == edge
        || (edge == AddressScope.Loopback && viewer != AddressScope.Unusable);

    private static AddressScope ScopeOfIPv4(ReadOnlySpan<byte> bytes) =>
        (bytes[0], bytes[1]) switch
        {
            (127, _) => AddressScope.Loopback,
            (10, _) or (172, >= 16 and <= 31) or (192, 168) => AddressScope.Private,
            (100, >= 64 and <= 127) => AddressScope.CarrierShared,
            (169, 254) => AddressScope.LinkLocal,
            (0 or >= 224, _) => AddressScope.Unusable,
            _ => AddressScope.Global,
        };
}
