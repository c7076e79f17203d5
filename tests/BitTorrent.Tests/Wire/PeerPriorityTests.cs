using System.Net;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class PeerPriorityTests
{
    // BEP 40's own examples.
    [Theory]
    [InlineData("123.213.32.10", "98.76.54.32", 0xec2d7224)]
    [InlineData("123.213.32.10", "123.213.32.234", 0x99568189)]
    public void The_priority_is_BEP_40s_for_both(string one, string other, uint expected)
    {
        var first = new IPEndPoint(IPAddress.Parse(one), 1);
        var second = new IPEndPoint(IPAddress.Parse(other), 2);
        Assert.Equal(expected, PeerPriority.Of(first, second));
        Assert.Equal(expected, PeerPriority.Of(second, first));
    }

    [Fact]
    public void One_address_is_told_apart_by_ports_and_IPv6_by_more_than_a_48()
    {
        var one = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1);
        Assert.NotEqual(
            PeerPriority.Of(one, new IPEndPoint(one.Address, 2)),
            PeerPriority.Of(one, new IPEndPoint(one.Address, 3))
        );
        var own = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 1);
        // In another /48 only every other bit counts, in the same one the next byte counts whole.
        Assert.Equal(
            PeerPriority.Of(own, new IPEndPoint(IPAddress.Parse("2001:db9::"), 1)),
            PeerPriority.Of(own, new IPEndPoint(IPAddress.Parse("2001:db9::2"), 1))
        );
        Assert.NotEqual(
            PeerPriority.Of(own, new IPEndPoint(IPAddress.Parse("2001:db8:0:100::"), 1)),
            PeerPriority.Of(own, new IPEndPoint(IPAddress.Parse("2001:db8:0:300::"), 1))
        );
        Assert.Equal(0u, PeerPriority.Of(one, own));
    }
}
