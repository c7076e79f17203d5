using System.Net;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>Linux' <c>sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
internal static class SocketNames
{
    /// <summary>The longer of the two.</summary>
    public const int Bytes = 28;

    private const int PortAt = 2;
    private const int IPv4At = 4;
    private const int IPv6At = 8;

    /// <summary>4 or 16 bytes, in network order: 4 of an IPv4 address that came over an IPv6 socket. False: no whole name.</summary>
    public static bool TryGetAddress(ReadOnlySpan<byte> name, bool isIPv6Socket, out ReadOnlySpan<byte> address)
    {
        address = default;
        int start = isIPv6Socket ? IPv6At : IPv4At;
        int length = isIPv6Socket ? 16 : 4;
        if (name.Length < start + length)
            return false;
        address = name.Slice(start, length);
        if (address.StartsWith(MappedIPv4))
            address = address[MappedIPv4.Length..];
        return true;
    }

    public static IPEndPoint EndPointOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address) =>
        new(new IPAddress(address), name[PortAt] << 8 | name[PortAt + 1]);

    private static ReadOnlySpan<byte> MappedIPv4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
}
