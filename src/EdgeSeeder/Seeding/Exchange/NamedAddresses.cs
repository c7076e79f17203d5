using System.Net;
using System.Net.Sockets;

namespace Distribution.EdgeSeeder.Seeding.Exchange;

/// <summary>Which address may be named to whom: what is not of the public network to its own kind alone, as the tracker does it.</summary>
internal static class NamedAddresses
{
    private enum Kind
    {
        Public,
        Loopback,
        LinkLocal,
        Private,
        Carrier,
    }

    public static bool MayTell(IPAddress subject, IPAddress receiver) =>
        KindOf(subject) is var kind && (kind == Kind.Public || kind == KindOf(receiver));

    private static Kind KindOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return Kind.Loopback;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal ? Kind.LinkLocal
                : address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal ? Kind.Private
                : Kind.Public;
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return (bytes[0], bytes[1]) switch
        {
            (10, _) or (172, >= 16 and <= 31) or (192, 168) => Kind.Private,
            (100, >= 64 and <= 127) => Kind.Carrier,
            (169, 254) => Kind.LinkLocal,
            _ => Kind.Public,
        };
    }
}
