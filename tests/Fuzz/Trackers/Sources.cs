using System.Net;

namespace Distribution.Fuzz.Trackers;

/// <summary>Where requests come from: crowds and strangers of every kind of network.</summary>
internal static class Sources
{
    private static readonly IPAddress[] Few =
    [
        IPAddress.Parse("203.0.113.7"),
        IPAddress.Parse("203.0.113.8"),
        IPAddress.Parse("198.51.100.1"),
        IPAddress.Parse("10.1.2.3"),
        IPAddress.Parse("192.168.1.1"),
        IPAddress.Parse("100.64.0.9"),
        IPAddress.Parse("169.254.1.1"),
        IPAddress.Parse("0.0.0.0"),
        IPAddress.Parse("239.1.1.1"),
        IPAddress.Parse("2001:db8:1:2::3"),
        IPAddress.Parse("fd00::1"),
        IPAddress.Parse("fe80::1"),
        IPAddress.Parse("ff02::1"),
        IPAddress.IPv6None,
        IPAddress.Loopback,
        IPAddress.IPv6Loopback,
    ];

    public static IPEndPoint Next(Random random)
    {
        int port = random.Next(1, 65536);
        if (random.Next(2) == 0)
            return new IPEndPoint(Few[random.Next(Few.Length)], port);
        Span<byte> address = stackalloc byte[random.Next(3) == 0 ? 16 : 4];
        random.NextBytes(address);
        if (address.Length == 16)
            address[0] = 0x20;
        return new IPEndPoint(new IPAddress(address), port);
    }
}
