using System.Net;
using System.Net.Sockets;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// The address that names an account: IPv4 as it is, IPv6 by its /64, because one household's machines change the rest of it by the hour
/// (RFC 8981).
/// </summary>
internal static class AccountAddress
{
    public static string Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
