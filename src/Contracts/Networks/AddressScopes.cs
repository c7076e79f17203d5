using System.Net;

namespace Distribution.Contracts.Networks;

/// <summary>Decides who may be told of which address: a private one means something else, or a target, on another network.</summary>
public static class AddressScopes
{
    public static AddressScope ScopeOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return ScopeOf(bytes[..length]);
    }

    /// <param name="address">4 or 16 bytes, in network order.</param>
    public static AddressScope ScopeOf(ReadOnlySpan<byte> address)
    {
        if (address.Length == 4)
            return ScopeOfIPv4(address);
        if (address.StartsWith(MappedIPv4))
            return ScopeOfIPv4(address[12..]);
        if (address[..15].IndexOfAnyExcept((byte)0) < 0 && address[15] <= 1)
            return address[15] == 1 ? AddressScope.Loopback : AddressScope.Unusable;
        if (address[0] == 0xff)
            return AddressScope.Unusable;
        if (address[0] == 0xfe && (address[1] & 0xc0) == 0x80)
            return AddressScope.LinkLocal;
        bool isSiteLocal = address[0] == 0xfe && (address[1] & 0xc0) == 0xc0;
        return isSiteLocal || (address[0] & 0xfe) == 0xfc ? AddressScope.Private : AddressScope.Global;
    }

    /// <summary>May a peer in <paramref name="receiver"/> be told of an address in <paramref name="subject"/>?</summary>
    public static bool MayTell(AddressScope subject, AddressScope receiver) =>
        subject == AddressScope.Global || (subject == receiver && subject != AddressScope.Unusable);

    /// <summary>May who is at <paramref name="receiver"/> be told of <paramref name="subject"/>?</summary>
    public static bool MayTell(IPAddress subject, IPAddress receiver) => MayTell(ScopeOf(subject), ScopeOf(receiver));

    /// <summary>Can an edge that is reached at <paramref name="edge"/> connect to <paramref name="viewer"/>?</summary>
    public static bool CanDial(AddressScope edge, AddressScope viewer) =>
        // An edge on loopback runs on this machine, which reached the viewer already.
        viewer == AddressScope.Global
        || viewer == edge
        || (edge == AddressScope.Loopback && viewer != AddressScope.Unusable);

    private static ReadOnlySpan<byte> MappedIPv4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

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
