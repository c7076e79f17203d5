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

    /// <summary>4 or 16 bytes, in network order. Of an IPv4 address that came over an IPv6 socket: 4.</summary>
    public static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> name, bool isIPv6Socket)
    {
        if (!isIPv6Socket)
            return name.Slice(IPv4At, 4);
        ReadOnlySpan<byte> address = name.Slice(IPv6At, 16);
        return address.StartsWith(MappedIPv4) ? address[12..] : address;
    }

    public static IPEndPoint EndPointOf(ReadOnlySpan<byte> name, bool isIPv6Socket) =>
        new(new IPAddress(AddressOf(name, isIPv6Socket)), name[PortAt] << 8 | name[PortAt + 1]);

    private static ReadOnlySpan<byte> MappedIPv4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
}
